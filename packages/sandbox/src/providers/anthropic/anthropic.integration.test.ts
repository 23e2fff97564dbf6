import Anthropic from '@anthropic-ai/sdk'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'

let sandbox: Sandbox
let anthropic: Anthropic

beforeAll(async () => {
  sandbox = await startSandbox()
  anthropic = clientWith(sandbox.providers.apiKey)
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

function clientWith(apiKey: string): Anthropic {
  return new Anthropic({ baseURL: sandbox.providers.anthropicBaseUrl, apiKey, maxRetries: 0 })
}

const model = 'claude-sonnet-4-20250514'
const look_up = { name: 'look_up', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }
const say = (content: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) =>
  anthropic.messages.create({ model, max_tokens: 500, messages: [{ role: 'user', content }], ...more })
const lastCall = async () => (await sandbox.providers.control.calls()).at(-1)

describe('messages', () => {
  it('answer whole, with the counts that the record has', async () => {
    const message = await say('Why is the sky blue?')
    const [block] = message.content
    const text = block?.type === 'text' ? block.text : ''
    expect(text).toContain('You asked: “Why is the sky blue?”')
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model,
      stop_reason: 'end_turn',
      stop_sequence: null,
    })
    expect(message.usage).toMatchObject({
      output_tokens: encode(text).length,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    })
    expect(await lastCall()).toMatchObject({
      provider: 'anthropic',
      path: '/anthropic/v1/messages',
      model,
      apiKey: sandbox.providers.apiKey,
      status: 200,
      isStream: false,
      isFinished: true,
      isAborted: false,
      inputTokens: message.usage.input_tokens,
      outputTokens: message.usage.output_tokens,
      reported: { input: message.usage.input_tokens, output: message.usage.output_tokens },
    })
  })

  it('stream token by token in the grammar of Anthropic', async () => {
    const events: Anthropic.RawMessageStreamEvent[] = []
    const params = {
      model,
      max_tokens: 500,
      messages: [{ role: 'user' as const, content: 'Hi [[sandbox: text="Hi there."]]' }],
    }
    for await (const event of await anthropic.messages.create({ ...params, stream: true })) events.push(event)
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const [start] = events
    const end = events.find(({ type }) => type === 'message_delta')
    const input = start?.type === 'message_start' ? start.message.usage.input_tokens : 0
    expect(input).toBeGreaterThan(5)
    expect(end).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { input_tokens: input, output_tokens: 3 } })
    const final = await anthropic.messages.stream(params).finalMessage()
    expect(final.content).toMatchObject([{ type: 'text', text: 'Hi there.' }])
    expect(await lastCall()).toMatchObject({ isStream: true, isFinished: true, outputTokens: 3 })
  })

  it('send a ping, and name every event', async () => {
    const response = await fetch(`${sandbox.providers.anthropicBaseUrl}/v1/messages?beta=true`, {
      method: 'POST',
      headers: { 'x-api-key': sandbox.providers.apiKey, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ model, max_tokens: 5, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    })
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(text).toContain('event: ping\ndata: {"type":"ping"}\n\n')
    expect(
      text
        .split('\n\n')
        .filter(Boolean)
        .every((part) => /^event: (\w+)\ndata: \{"type":"\1"/.test(part)),
    ).toBe(true)
    expect(text).toContain('"stop_reason":"max_tokens"')
  })

  it('stop at the limit and at a sequence', async () => {
    expect(await say('Go [[sandbox: tokens=50]]', { max_tokens: 7 })).toMatchObject({
      stop_reason: 'max_tokens',
      usage: { output_tokens: 7 },
    })
    expect(await say('[[sandbox: text="one two"]]', { stop_sequences: [' two'] })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: ' two',
      content: [{ text: 'one' }],
    })
  })

  it('call tools, several at once, and take their answers', async () => {
    const tools = [look_up, { name: 'tell_time', input_schema: { type: 'object' as const } }]
    const question = { role: 'user' as const, content: 'Use look_up and tell_time' }
    for (const isStream of [false, true]) {
      const params = { model, max_tokens: 500, tools, messages: [question] }
      const message = isStream
        ? await anthropic.messages.stream(params).finalMessage()
        : await anthropic.messages.create(params)
      expect(message).toMatchObject({
        stop_reason: 'tool_use',
        content: [
          { type: 'text', text: 'Let me see what look_up and tell_time can tell.' },
          { type: 'tool_use', name: 'look_up', input: { city: 'example' } },
          { type: 'tool_use', name: 'tell_time', input: {} },
        ],
      })
      const results = message.content.flatMap((block) =>
        block.type === 'tool_use'
          ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: '21 degrees' }]
          : [],
      )
      const turns = [
        question,
        { role: 'assistant' as const, content: message.content },
        { role: 'user' as const, content: results },
      ]
      const answer = await anthropic.messages.create({ ...params, messages: turns })
      expect(answer).toMatchObject({
        stop_reason: 'end_turn',
        content: [{ text: expect.stringContaining('The tool answered') }],
      })
      await expect(
        anthropic.messages.create({ ...params, messages: turns.slice(0, 2).concat(question) }),
      ).rejects.toThrow('without `tool_result` blocks immediately after')
    }
    expect((await say('Hi', { tools, tool_choice: { type: 'any' } })).content).toMatchObject([{ name: 'look_up' }])
    expect((await say('Use look_up', { tools, tool_choice: { type: 'none' } })).stop_reason).toBe('end_turn')
  })

  it('think aloud, signed, and take only what they signed', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    const params = { model, max_tokens: 2000, thinking, messages: [{ role: 'user' as const, content: 'Hi' }] }
    const whole = await anthropic.messages.create(params)
    const streamed = await anthropic.messages.stream(params).finalMessage()
    expect(streamed.content).toEqual(whole.content)
    expect(whole.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    expect(whole.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(5)
    const next = (content: Anthropic.ContentBlockParam[]) =>
      anthropic.messages.create({
        ...params,
        messages: [...params.messages, { role: 'assistant', content }, { role: 'user', content: 'So?' }],
      })
    await next(whole.content)
    const [block, ...rest] = whole.content
    if (block?.type !== 'thinking') throw new Error('no thinking')
    await expect(next([{ ...block, thinking: 'something else' }, ...rest])).rejects.toThrow('Invalid `signature`')
  })

  it('think in silence when thinking is omitted, and bill it', async () => {
    const params = {
      model,
      max_tokens: 2000,
      thinking: { type: 'adaptive' as const, display: 'omitted' as const },
      messages: [{ role: 'user' as const, content: 'Hi [[sandbox: reasoning=30 text="Hi there."]]' }],
    }
    const final = await anthropic.messages.stream(params).finalMessage()
    expect(final.content).toMatchObject([{ type: 'thinking', thinking: '' }, { text: 'Hi there.' }])
    expect(final.usage).toMatchObject({ output_tokens: 33, output_tokens_details: { thinking_tokens: 30 } })
    expect(await lastCall()).toMatchObject({ outputTokens: 33, thinkingTokens: 30 })
  })

  it('fit a schema', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] }
    const message = await say('Hi', { output_config: { format: { type: 'json_schema', schema } } })
    expect(message.content).toMatchObject([{ text: '{"ok":true}' }])
  })

  it('write and read the cache by its lifetimes, per key', async () => {
    const unique = `prompt ${Date.now()}`
    const system = [
      {
        type: 'text' as const,
        text: `long ${unique}`,
        cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
      },
      { type: 'text' as const, text: `short ${unique}`, cache_control: { type: 'ephemeral' as const } },
    ]
    const first = await say('Hi', { system })
    const { ephemeral_1h_input_tokens: hour = 0, ephemeral_5m_input_tokens: minutes = 0 } =
      first.usage.cache_creation ?? {}
    expect([hour > 0, minutes > 0, first.usage.cache_creation_input_tokens]).toEqual([true, true, hour + minutes])
    const second = await say('Hi', { system })
    expect(second.usage).toMatchObject({
      cache_read_input_tokens: hour + minutes,
      cache_creation_input_tokens: 0,
      input_tokens: first.usage.input_tokens,
    })
    expect(await lastCall()).toMatchObject({ cacheReadTokens: hour + minutes, cacheWrite1hTokens: 0 })
  })

  it('count pictures, documents and tools by what they are, and count as they bill', async () => {
    const header = Buffer.alloc(64)
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(header)
    header.writeUInt32BE(750, 16)
    header.writeUInt32BE(800, 20)
    const page = '<< /Type /Page >> '
    const pdf = Buffer.from(`%PDF-1.4 ${page.repeat(3)}`).toString('base64')
    const blocks: readonly (readonly [Anthropic.ContentBlockParam, number])[] = [
      [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: header.toString('base64') } },
        Math.max(800, 27 * 29),
      ],
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }, 1500],
      [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } }, 3 * 1600],
      [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'word '.repeat(100) } }, 101],
    ]
    const content = blocks.map(([block]) => block)
    const messages = [{ role: 'user' as const, content }]
    const { input_tokens: counted } = await anthropic.messages.countTokens({ model, messages })
    expect(counted).toBe(3 + blocks.reduce((sum, [, tokens]) => sum + tokens, 0))
    expect((await anthropic.messages.create({ model, max_tokens: 5, messages })).usage.input_tokens).toBe(counted)
    const withTools = await anthropic.messages.countTokens({ model, messages, tools: [look_up] })
    expect(withTools.input_tokens).toBeGreaterThan(counted + 346)
  })

  it('count late, wrong or not at all when they are told to, and answer all the same', async () => {
    const count = (content: string) =>
      anthropic.messages.countTokens({ model, messages: [{ role: 'user', content }] }, { timeout: 1500, maxRetries: 0 })
    await expect(count('Hi [[sandbox: count-status=529]]')).rejects.toThrow('529')
    await expect(count('Hi [[sandbox: count-hang]]')).rejects.toThrow('timed out')
    await expect(count('Hi [[sandbox: count-delay=9000]]')).rejects.toThrow('timed out')
    expect((await say('Hi [[sandbox: count-status=529 count-hang]]')).stop_reason).toBe('end_turn')
    const { troubleCounting } = sandbox.providers.control
    await troubleCounting({ failure: 500 })
    await expect(count('Hi')).rejects.toThrow('500')
    await troubleCounting({ delayMs: 9000 })
    await expect(count('Hi')).rejects.toThrow('timed out')
    await troubleCounting({ failure: 'drop' })
    await expect(count('Hi')).rejects.toThrow('Connection')
    await troubleCounting()
    expect((await count('Hi')).input_tokens).toBe(4)
  })

  it('tell exactly the buckets that a directive names, and the record agrees', async () => {
    const message = await say('Hi [[sandbox: input=1000 tokens=20 cache-read=30 cache-write-5m=4 cache-write-1h=5]]')
    expect(message.usage).toMatchObject({
      input_tokens: 1000,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 9,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
      output_tokens: 20,
    })
    expect(await lastCall()).toMatchObject({
      inputTokens: 1000,
      cacheReadTokens: 30,
      cacheWrite5mTokens: 4,
      cacheWrite1hTokens: 5,
    })
  })
})
