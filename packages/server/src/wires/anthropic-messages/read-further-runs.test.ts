import { describe, expect, it } from 'vitest'
import { withLimits } from './default-limits.ts'
import { nameModels } from './name-models.ts'
import { readFurtherRuns } from './read-further-runs.ts'

const advisor = { type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5' }
const compact = { type: 'compact_20260112' }

describe('readFurtherRuns', () => {
  it('finds none in a plain body', () =>
    expect(readFurtherRuns({ messages: [], tools: [{ name: 'f', input_schema: {} }], fallbacks: [] })).toEqual([]))

  it('finds each fallback, with its own limit', () =>
    expect(readFurtherRuns({ fallbacks: [{ model: 'a' }, { model: 'b', max_tokens: 700 }] })).toMatchObject([
      { kind: 'fallback', model: { named: 'a' }, param: 'fallbacks.0.model', outputTokensMax: 'as_answer' },
      { kind: 'fallback', model: { named: 'b' }, param: 'fallbacks.1.model', outputTokensMax: 700 },
    ]))

  it('finds the provider’s choice', () =>
    expect(readFurtherRuns({ fallbacks: 'default' })).toMatchObject([{ kind: 'fallback', model: 'any' }]))

  it.each([
    ['without limits', {}, { timesMax: 3, outputTokensMax: 8192, cacheWrite: 'none' }],
    ['with its own', { max_uses: 2, max_tokens: 2048 }, { timesMax: 2, outputTokensMax: 2048 }],
    ['with limits that are none', { max_uses: null, max_tokens: 0 }, { timesMax: 3, outputTokensMax: 8192 }],
    ['with limits beyond whole numbers', { max_uses: 1e20, max_tokens: 1e20 }, { timesMax: 1e9, outputTokensMax: 1e9 }],
    ['cached', { caching: { type: 'ephemeral', ttl: '5m' } }, { cacheWrite: '5m' }],
    ['cached for long', { caching: { type: 'ephemeral', ttl: '1h' } }, { cacheWrite: '1h' }],
  ])('finds an advisor %s', (_case, more, expected) =>
    expect(readFurtherRuns({ tools: [{ ...advisor, ...more }] })).toMatchObject([
      { kind: 'advisor', model: { named: 'claude-opus-5' }, param: 'tools.0.model', ...expected },
    ]),
  )

  it.each([
    ['by an edit', { context_management: { edits: [compact] } }, 150_000],
    [
      'by one that begins early',
      { context_management: { edits: [{ ...compact, trigger: { type: 'input_tokens', value: 60_000 } }] } },
      60_000,
    ],
    ['by itself', { compaction: {} }, 0],
  ])('finds a compaction %s', (_case, body, fromInputTokens) =>
    expect(readFurtherRuns(body)).toMatchObject([
      { kind: 'compaction', model: 'same', timesMax: 1, outputTokensMax: null, fromInputTokens },
    ]),
  )

  it('takes other edits for none', () =>
    expect(readFurtherRuns({ context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } })).toEqual([]))
})

describe('withLimits', () => {
  it('sets those that are open', () =>
    expect(withLimits([advisor, { type: 'web_search_20260209', name: 'web_search', max_uses: null }])).toEqual([
      { ...advisor, max_uses: 3, max_tokens: 8192 },
      { type: 'web_search_20260209', name: 'web_search', max_uses: 5 },
    ]))

  it('keeps the client’s own', () =>
    expect(withLimits([{ ...advisor, max_uses: 1 }])).toEqual([{ ...advisor, max_uses: 1, max_tokens: 8192 }]))

  it('is the same list where nothing is open', () => {
    const tools = [
      { name: 'f', input_schema: {} },
      { type: 'bash_20250124', name: 'bash' },
    ]
    expect(withLimits(tools)).toBe(tools)
  })
})

describe('nameModels', () => {
  const names = new Map([['opus', 'claude-opus-5']])

  it('calls models as their provider does, wherever the body names them', () =>
    expect(
      nameModels(
        { fallbacks: [{ model: 'opus', max_tokens: 5 }, { model: 'other' }], tools: [{ ...advisor, model: 'opus' }] },
        names,
      ),
    ).toEqual({ fallbacks: [{ model: 'claude-opus-5', max_tokens: 5 }, { model: 'other' }], tools: [advisor] }))

  it('touches nothing where there is nothing to name', () => {
    const body = { fallbacks: 'default' }
    expect(nameModels(body, new Map())).toBe(body)
    expect(nameModels(body, names)).toEqual(body)
  })
})
