import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'
import { lastCall } from '../test-caller.ts'

let sandbox: Sandbox
let anthropic: Anthropic

beforeAll(async () => {
  sandbox = await startSandbox()
  anthropic = new Anthropic({ baseURL: sandbox.providers.anthropicBaseUrl, apiKey: sandbox.providers.apiKey })
})

afterAll(() => sandbox.close())

const model = 'claude-opus-5'
type Params = Anthropic.Beta.MessageCreateParamsNonStreaming

function ask(content: string, { isStream, ...more }: Partial<Params> & { readonly isStream: boolean }) {
  const params = { model, max_tokens: 500, messages: [{ role: 'user' as const, content }], ...more }
  return isStream ? anthropic.beta.messages.stream(params).finalMessage() : anthropic.beta.messages.create(params)
}

describe.each([false, true])('iterations, streamed: %s', (isStream) => {
  it('there are none where the message is all', async () => {
    expect((await ask('Hi', { isStream })).usage.iterations).toBeUndefined()
    expect(await lastCall(sandbox)).toMatchObject({ servedBy: model, otherIterations: [], searches: 0 })
  })

  it('are those of the directive, with the message’s own true counts', async () => {
    const entries = [
      { type: 'compaction', input_tokens: 9000, output_tokens: 400 },
      { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 700, output_tokens: 90 },
      { type: 'message' },
    ]
    const directives = `tokens=20 input=33 iterations='${JSON.stringify(entries)}'`
    const { usage } = await ask(`Hi [[sandbox: ${directives}]]`, { isStream })
    expect(usage).toMatchObject({
      input_tokens: 33,
      output_tokens: 20,
      iterations: [
        { type: 'compaction', input_tokens: 9000, output_tokens: 400 },
        { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 700, output_tokens: 90 },
        { type: 'message', model, input_tokens: 33, output_tokens: 20 },
      ],
    })
    expect(await lastCall(sandbox)).toMatchObject({
      inputTokens: 33,
      outputTokens: 20,
      otherIterations: [
        { type: 'compaction', model, inputTokens: 9000, outputTokens: 400 },
        { type: 'advisor_message', model: 'claude-opus-5-5', inputTokens: 700, outputTokens: 90 },
      ],
    })
  })

  it('add up where the message took several', async () => {
    const entries = [
      { type: 'message', input_tokens: 100, output_tokens: 10 },
      { type: 'message', input_tokens: 150, output_tokens: 30, cache_read_input_tokens: 90 },
    ]
    const { usage } = await ask(`Hi [[sandbox: text=Yes iterations='${JSON.stringify(entries)}']]`, { isStream })
    expect(usage).toMatchObject({ input_tokens: 250, cache_read_input_tokens: 90, output_tokens: 40 })
    const record = { inputTokens: 250, cacheReadTokens: 90, outputTokens: 40, otherIterations: [] }
    expect(await lastCall(sandbox)).toMatchObject(record)
  })

  it('tell of a fallback: the answer is another model’s, and those that declined are billed beside it', async () => {
    const message = await ask('Hi [[sandbox: tokens=10 input=50 declines=1]]', {
      isStream,
      betas: ['server-side-fallback-2026-07-01'],
      fallbacks: [{ model: 'claude-sonnet-5' }, { model: 'claude-haiku-4-5' }],
    })
    expect(message.model).toBe('claude-sonnet-5')
    expect(message.content).toMatchObject([
      { type: 'fallback', from: { model }, to: { model: 'claude-sonnet-5' } },
      { type: 'text' },
    ])
    expect(message.usage.iterations).toMatchObject([
      { type: 'message', model, input_tokens: 50, output_tokens: 0 },
      { type: 'fallback_message', model: 'claude-sonnet-5', input_tokens: 50, output_tokens: 10 },
    ])
    expect(await lastCall(sandbox)).toMatchObject({
      model,
      servedBy: 'claude-sonnet-5',
      inputTokens: 50,
      outputTokens: 10,
      otherIterations: [{ type: 'message', model, inputTokens: 50 }],
    })
  })

  it('tell of an advisor, whose tokens are no part of the others', async () => {
    const message = await ask('Please use advisor [[sandbox: tokens=10 input=50]]', {
      isStream,
      betas: ['advisor-tool-2026-03-01'],
      tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5-5' }],
    })
    expect(message.content.map(({ type }) => type)).toEqual(['server_tool_use', 'advisor_tool_result', 'text'])
    expect(message.usage).toMatchObject({
      input_tokens: 50,
      output_tokens: 10,
      iterations: [
        { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 50, output_tokens: 1500 },
        { type: 'message' },
      ],
    })
  })

  it('tell of a compaction when the prompt has reached its trigger', async () => {
    const edit = { type: 'compact_20260112' as const, trigger: { type: 'input_tokens' as const, value: 50_000 } }
    const compact = (content: string, more: object = {}) =>
      ask(content, {
        isStream,
        betas: ['compact-2026-01-12'],
        context_management: { edits: [{ ...edit, ...more }] },
      })
    expect((await compact('Hi [[sandbox: input=49999]]')).usage.iterations).toBeUndefined()
    const message = await compact('Hi [[sandbox: tokens=10 input=60000]]')
    expect(message.content).toMatchObject([
      { type: 'compaction', content: 'The conversation so far.' },
      { type: 'text' },
    ])
    expect(message.usage.iterations).toMatchObject([
      { type: 'compaction', input_tokens: 60_000 },
      { type: 'message', output_tokens: 10 },
    ])
    expect(message.usage.input_tokens).toBeLessThan(1000)
    const paused = await compact('Hi [[sandbox: input=60000]]', { pause_after_compaction: true })
    expect(paused).toMatchObject({
      stop_reason: 'compaction',
      content: [{ type: 'compaction' }],
      usage: { input_tokens: 0, output_tokens: 0, iterations: [{ type: 'compaction', input_tokens: 60_000 }] },
    })
    expect(await lastCall(sandbox)).toMatchObject({
      outputTokens: 0,
      otherIterations: [{ type: 'compaction', inputTokens: 60_000 }],
    })
  })

  it.each([
    ['as often as it may', { max_uses: 3 }, '', 3],
    ['ten times when nothing bounds it', {}, '', 10],
    ['as often as the directive says', {}, ' [[sandbox: searches=25]]', 25],
    ['no more than it may', { max_uses: 3 }, ' [[sandbox: searches=25]]', 3],
  ])('searches the web %s', async (_name, more, directives, count) => {
    const tool = { type: 'web_search_20250305' as const, name: 'web_search' as const, ...more }
    const message = await ask(`Please use web_search${directives}`, { isStream, tools: [tool] })
    expect(message.usage.server_tool_use).toMatchObject({ web_search_requests: count })
    expect(message.usage.input_tokens).toBeGreaterThan(count * 2500)
    expect(message.content).toHaveLength(2 * count + 1)
    expect((await lastCall(sandbox)).searches).toBe(count)
  })
})
