import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { type CallOptions, createCaller, type Family, familiesOf } from './test-caller.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})

afterAll(() => sandbox.close())

async function ask(name: Family['name'], options: CallOptions, model?: string, content = 'Hi') {
  const family = familiesOf(sandbox)[name]
  const response = await createCaller(sandbox)({ ...family, model: model ?? family.model }, content, options)
  return [response.status, response.status === 200 ? '' : await response.text()] as const
}

describe('what a provider does not know', () => {
  it.each<[string, Family['name'], object, string]>([
    ['a field', 'anthropic', { nonsense: 1 }, 'nonsense: Extra inputs are not permitted'],
    [
      'a field of a beta',
      'anthropic',
      { context_management: {} },
      'context_management: Extra inputs are not permitted',
    ],
    ['a tool', 'anthropic', { tools: [{ type: 'oven_20260101', name: 'oven' }] }, "tools.0: Input tag 'oven_20260101'"],
    [
      'an advisor',
      'anthropic',
      { tools: [{ type: 'advisor_20260301', name: 'advisor' }] },
      "Input tag 'advisor_20260301'",
    ],
    [
      'a block',
      'anthropic',
      { messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
      "messages.0.content.0: Input tag 'smell'",
    ],
    ['a field', 'openai', { nonsense: 1 }, 'Unrecognized request argument supplied: nonsense'],
    ['two fields', 'openai', { nonsense: 1, more: 2 }, 'Unrecognized request arguments supplied: nonsense, more'],
    [
      'two limits',
      'openai',
      { max_tokens: 9, max_completion_tokens: 9 },
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    ],
    ['a field', 'responses', { nonsense: 1 }, "Unknown parameter: 'nonsense'."],
    ['a field', 'google', { nonsense: 1 }, 'Unknown name \\"nonsense\\": Cannot find field.'],
    ['a field of OpenAI’s', 'google', { store: false }, 'Unknown name \\"store\\": Cannot find field.'],
    [
      'a field that models cannot heed which think',
      'xai',
      { stop: ['a'] },
      'Argument not supported on this model: stop',
    ],
  ])('%s is refused by %s in its own words', async (_name, family, fields, message) => {
    expect(await ask(family, { fields })).toEqual([400, expect.stringContaining(message)])
  })

  it('is left unread by xAI', async () => {
    expect(await ask('xai', { fields: { nonsense: 1 } })).toEqual([200, ''])
    expect(await ask('xai', { fields: { stop: ['a'] } }, 'grok-3')).toEqual([200, ''])
  })

  it('is known with its beta', async () => {
    const fields = {
      context_management: { edits: [] },
      tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5-5' }],
    }
    const headers = { 'anthropic-beta': 'context-management-2025-06-27, advisor-tool-2026-03-01' }
    expect(await ask('anthropic', { fields, headers })).toEqual([200, ''])
  })

  it('is a beta too', async () => {
    const headers = { 'anthropic-beta': 'context-management-2025-06-27,oven-2026-01-01' }
    expect(await ask('anthropic', { headers })).toEqual([
      400,
      expect.stringContaining('Unexpected value(s) `oven-2026-01-01` for the `anthropic-beta` header.'),
    ])
  })

  it('is a limit where tokens are only counted', async () => {
    const family = familiesOf(sandbox).anthropic
    const response = await createCaller(sandbox)({ ...family, url: `${family.url}/count_tokens` }, 'Hi')
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('max_tokens: Extra inputs are not permitted'),
    ])
  })
})

describe('a prompt that is longer than the context window', () => {
  const words = (count: number) => 'hello '.repeat(count)
  it.each<[Family['name'], string, number, RegExp]>([
    [
      'anthropic',
      'claude-sonnet-4',
      200_000,
      /"invalid_request_error","message":"prompt is too long: \d+ tokens > 200000 maximum"/,
    ],
    [
      'openai',
      'gpt-4o',
      128_000,
      /maximum context length is 128000 tokens.*"param":"messages","code":"context_length_exceeded"/,
    ],
    [
      'responses',
      'gpt-4o',
      128_000,
      /exceeds the context window of this model.*"param":"input","code":"context_length_exceeded"/,
    ],
    ['google', 'gemini-2.5-pro', 1_048_576, /exceeds the maximum number of tokens allowed \(1048576\)/],
    ['xai', 'grok-3', 131_072, /maximum prompt length is 131072 but the request contains/],
  ])('is refused by %s %s in its own words, streamed or not', async (name, model, tokensMax, message) => {
    const isStream = name === 'openai'
    const [status, text] = await ask(name, { isStream }, model, words(tokensMax + 10))
    expect([status, text]).toEqual([400, expect.stringMatching(message)])
  })

  it('passes where it just fits, and with a beta for a longer window', async () => {
    expect((await ask('openai', {}, 'gpt-4o', words(100_000)))[0]).toBe(200)
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07' }
    expect((await ask('anthropic', { headers }, 'claude-sonnet-4', words(250_000)))[0]).toBe(200)
  })
})
