import { describe, expect, it } from 'vitest'
import { runOf } from '../../pricing/test-usage.ts'
import { readIterations } from './read-iterations.ts'
import { readUsage, readUsageObject } from './read-usage.ts'

const counts = { input_tokens: 10, output_tokens: 5 }
const tokens = { inputTokens: 10, outputTokens: 5 }

describe('readIterations', () => {
  it.each([
    ['message', 'message'],
    ['compaction', 'compaction'],
    ['advisor_message', 'advisor'],
    ['fallback_message', 'fallback'],
    ['what_comes_next', 'other'],
  ] as const)('knows a %s', (type, kind) =>
    expect(readIterations([{ type, model: 'claude-opus-5', ...counts }], false)).toEqual([
      runOf(kind, 'claude-opus-5', tokens),
    ]),
  )

  it('takes one without a model for the call’s own', () =>
    expect(readIterations([{ type: 'compaction', ...counts }], false)).toEqual([runOf('compaction', null, tokens)]))

  it('splits what was written to the cache by its life', () => {
    const split = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 }
    const one = { type: 'message', ...counts, cache_creation_input_tokens: 7, cache_creation: split }
    expect(readIterations([{ ...one, cache_read_input_tokens: 2 }], false)?.[0]?.usage).toMatchObject({
      ...{ cacheReadTokens: 2, cacheWrite5mTokens: 3, cacheWrite1hTokens: 4 },
    })
  })

  it.each([
    [false, { cacheWrite5mTokens: 7, cacheWrite1hTokens: 0 }],
    [true, { cacheWrite5mTokens: 0, cacheWrite1hTokens: 7 }],
  ])('takes what does not say its life for the longest there is', (is1h, expected) =>
    expect(
      readIterations([{ type: 'message', ...counts, cache_creation_input_tokens: 7 }], is1h)?.[0]?.usage,
    ).toMatchObject(expected),
  )

  it.each([
    ['nothing', null],
    ['nothing at all', undefined],
    ['no list', []],
  ])('is no run for %s', (_case, value) => expect(readIterations(value, false)).toEqual([]))

  it.each([
    ['no list', 'many'],
    ['a text', ['message']],
    ['a missing count', [{ type: 'message', input_tokens: 1 }]],
    ['a negative count', [{ type: 'message', ...counts, output_tokens: -1 }]],
    ['an absurd cache', [{ type: 'message', ...counts, cache_read_input_tokens: 1e15 }]],
    ['one good and one bad', [{ type: 'message', ...counts }, { type: 'compaction' }]],
  ])('is not believed: %s', (_case, value) => {
    expect(readIterations(value, false)).toBeNull()
    expect(readUsageObject({ ...counts, iterations: value })).toBeNull()
  })
})

describe('readUsage', () => {
  it('keeps the runs beside the sum', () =>
    expect(readUsage({ usage: { ...counts, iterations: [{ type: 'compaction', ...counts }] } })).toEqual({
      ...tokens,
      runs: [runOf('compaction', null, tokens)],
    }))

  it('needs the sum as well', () =>
    expect(readUsage({ usage: { iterations: [{ type: 'message', ...counts }] } })).toBeNull())
})
