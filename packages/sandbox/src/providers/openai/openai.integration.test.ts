import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'

let sandbox: Sandbox
let openai: OpenAI

beforeAll(async () => {
  sandbox = await startSandbox()
  openai = clientAt(sandbox.providers.openaiBaseUrl)
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

function clientAt(baseURL: string, apiKey = sandbox.providers.apiKey): OpenAI {
  return new OpenAI({ baseURL, apiKey, maxRetries: 0 })
}

const model = 'gpt-4o'
const city = { type: 'object', properties: { city: { type: 'string' } } }
const look_up = { type: 'function' as const, function: { name: 'look_up', parameters: city } }
const tell_time = { type: 'function' as const, function: { name: 'tell_time' } }
const say = (content: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  openai.chat.completions.create({ model, messages: [{ role: 'user', content }], ...more })
const lastCall = async () => (await sandbox.providers.control.calls()).at(-1)

describe('chat completions', () => {
  it('answer whole, with the counts that the record has', async () => {
    const completion = await say('Why is the sky blue?')
    const text = completion.choices[0]?.message.content ?? ''
    expect(text).toContain('You asked: “Why is the sky blue?”')
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ finish_reason: 'stop', index: 0 }],
    })
    expect(completion.usage).toMatchObject({
      completion_tokens: encode(text).length,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
    expect(completion.usage?.total_tokens).toBe((completion.usage?.prompt_tokens ?? 0) + encode(text).length)
    expect(await lastCall()).toMatchObject({
      provider: 'openai',
      path: '/openai/v1/chat/completions',
      inputTokens: completion.usage?.prompt_tokens,
      outputTokens: completion.usage?.completion_tokens,
      isFinished: true,
    })
  })

  it.each([true, false])('stream a role, tokens, an end, and usage if asked for: %s', async (isUsageWanted) => {
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const stream = await openai.chat.completions.create({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'Hi [[sandbox: text="Grüße, 🙂!"]]' }],
      ...(isUsageWanted ? { stream_options: { include_usage: true } } : {}),
    })
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' })
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Grüße, 🙂!')
    const counted = chunks.filter(({ usage }) => usage)
    expect(counted.map(({ choices, usage }) => [choices, usage?.completion_tokens])).toEqual(
      isUsageWanted ? [[[], encode('Grüße, 🙂!').length]] : [],
    )
    expect(chunks.at(isUsageWanted ? -2 : -1)?.choices[0]?.finish_reason).toBe('stop')
    expect(await lastCall()).toMatchObject({ isStream: true, outputTokens: encode('Grüße, 🙂!').length })
  })

  it('end with [DONE]', async () => {
    const response = await fetch(`${sandbox.providers.openaiBaseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.providers.apiKey}` },
      body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    })
    const parts = (await response.text()).split('\n\n')
    expect(parts.slice(-2)).toEqual(['data: [DONE]', ''])
    expect(parts.slice(0, -2).every((part) => part.startsWith('data: {'))).toBe(true)
  })

  it('stop at either limit and at a sequence', async () => {
    for (const limit of [{ max_tokens: 7 }, { max_completion_tokens: 7 }]) {
      const cut = await say('Go [[sandbox: tokens=50]]', limit)
      expect([cut.choices[0]?.finish_reason, cut.usage?.completion_tokens]).toEqual(['length', 7])
    }
    const stopped = await say('[[sandbox: text="one two"]]', { stop: ' two' })
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'one' } })
  })

  it('call tools, several at once, and take their answers', async () => {
    const params = {
      model,
      tools: [look_up, tell_time],
      messages: [{ role: 'user' as const, content: 'Use look_up and tell_time' }],
    }
    const whole = await openai.chat.completions.create(params)
    const streamed = await openai.chat.completions.stream(params).finalChatCompletion()
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          content: 'Let me see what look_up and tell_time can tell.',
          tool_calls: [
            { type: 'function', function: { name: 'look_up', arguments: '{"city":"example"}' } },
            { type: 'function', function: { name: 'tell_time', arguments: '{}' } },
          ],
        },
      })
    }
    const asked = whole.choices[0]?.message
    if (asked?.tool_calls === undefined) throw new Error('no calls')
    const answers = asked.tool_calls.map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: '21 degrees',
    }))
    const after = await openai.chat.completions.create({ ...params, messages: [...params.messages, asked, ...answers] })
    expect(after.choices[0]?.message.content).toContain('The tool answered')
    await expect(
      openai.chat.completions.create({ ...params, messages: [...params.messages, asked, ...answers.slice(1)] }),
    ).rejects.toThrow("must be followed by tool messages responding to each 'tool_call_id'")
    const one = await openai.chat.completions.create({ ...params, parallel_tool_calls: false })
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1)
    const forced = await say('Hi', { tools: [look_up], tool_choice: 'required' })
    expect(forced.choices[0]?.message).toMatchObject({ content: null, tool_calls: [{ type: 'function' }] })
  })

  it('tell what was written to the cache, as a part of the prompt', async () => {
    const { usage } = await say('Hi [[sandbox: input=30 cache-read=128 cache-write=1024]]')
    expect(usage).toMatchObject({
      prompt_tokens: 1182,
      prompt_tokens_details: { cached_tokens: 128, cache_write_tokens: 1024 },
    })
    const params = { model, input: 'Hi [[sandbox: input=30 cache-write=1024]]' }
    expect((await openai.responses.create(params)).usage).toMatchObject({
      input_tokens: 1054,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 1024 },
    })
    const [, last] = await sandbox.providers.control.calls().then((calls) => calls.slice(-2))
    expect(last).toMatchObject({ inputTokens: 30, cacheReadTokens: 0, cacheWriteTokens: 1024 })
  })

  it('fit a schema, or are any JSON', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } } }
    const fitted = await say('Hi', { response_format: { type: 'json_schema', json_schema: { name: 'it', schema } } })
    expect(fitted.choices[0]?.message.content).toBe('{"ok":true}')
    const any = await say('As JSON', { response_format: { type: 'json_object' } })
    expect(JSON.parse(any.choices[0]?.message.content ?? '')).toEqual({ answer: 'example' })
    await expect(say('Hi', { response_format: { type: 'json_object' } })).rejects.toThrow(
      "must contain the word 'json'",
    )
  })

  it('give several choices, each counted', async () => {
    const three = await say('Hi [[sandbox: text="Hi there."]]', { n: 3 })
    expect([three.choices.length, three.usage?.completion_tokens]).toEqual([3, 9])
  })

  it('read the cache by themselves', async () => {
    const system = { role: 'system' as const, content: `${Date.now()} ${'word '.repeat(1500)}` }
    const ask = () => openai.chat.completions.create({ model, messages: [system, { role: 'user', content: 'Hi' }] })
    expect((await ask()).usage?.prompt_tokens_details?.cached_tokens).toBe(0)
    const { usage } = await ask()
    const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0
    expect([cached >= 1024, cached % 128]).toEqual([true, 0])
    expect(await lastCall()).toMatchObject({
      cacheReadTokens: cached,
      inputTokens: (usage?.prompt_tokens ?? 0) - cached,
    })
  })

  it('reason in silence, counted as each provider does', async () => {
    const content = 'Hi [[sandbox: reasoning=30 text="Hi there."]]'
    const usages: unknown[] = []
    for (const [baseURL, id] of [
      [sandbox.providers.openaiBaseUrl, 'gpt-5'],
      [sandbox.providers.xaiBaseUrl, 'grok-3-mini'],
      [sandbox.providers.geminiBaseUrl, 'gemini-2.5-pro'],
    ] as const) {
      const { usage } = await clientAt(baseURL).chat.completions.create({
        model: id,
        messages: [{ role: 'user', content }],
      })
      usages.push([usage?.completion_tokens, (usage?.total_tokens ?? 0) - (usage?.prompt_tokens ?? 0)])
      expect(await lastCall()).toMatchObject({ outputTokens: 33, thinkingTokens: 30 })
    }
    expect(usages).toEqual([
      [33, 33],
      [3, 33],
      [3, 33],
    ])
    const { usage } = await openai.chat.completions.create({
      model: 'gpt-5',
      reasoning_effort: 'low',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(64)
  })

  it.each<[string, Record<string, unknown>, string | null, string]>([
    ['no model', { model: undefined }, 'model', 'you must provide a model parameter'],
    ['no messages', { messages: undefined }, 'messages', "Missing required parameter: 'messages'."],
    ['empty messages', { messages: [] }, 'messages', 'empty array'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'Hi' }] }, 'messages[0].role', "Invalid value: 'robot'"],
    [
      'no content',
      { messages: [{ role: 'user', content: null }] },
      'messages[0].content',
      'expected a string, got null',
    ],
    [
      'an unknown part',
      { messages: [{ role: 'user', content: [{ type: 'song' }] }] },
      'messages[0].content[0].type',
      "'song'",
    ],
    [
      'an answer to no call',
      { messages: [{ role: 'tool', tool_call_id: 'x', content: 'y' }] },
      'messages[0].role',
      "role 'tool'",
    ],
    ['a limit of 0', { max_tokens: 0 }, 'max_tokens', 'below minimum'],
    ['a limit in words', { max_completion_tokens: 'ten' }, 'max_completion_tokens', 'expected an integer'],
    ['too many choices', { n: 129 }, 'n', 'above maximum'],
    ['a wrong temperature', { temperature: 3 }, 'temperature', 'between 0 and 2'],
    ['usage of no stream', { stream_options: { include_usage: true } }, 'stream_options', "when 'stream' is enabled"],
    ['a choice without tools', { tool_choice: 'required' }, 'tool_choice', "when 'tools' are specified"],
    [
      'the old limit on a reasoning model',
      { model: 'gpt-5', max_tokens: 5 },
      'max_tokens',
      "Use 'max_completion_tokens' instead",
    ],
    [
      'a schema without a name',
      { response_format: { type: 'json_schema', json_schema: {} } },
      'response_format.json_schema.name',
      'name',
    ],
  ])('refuse %s', async (_label, change, param, message) => {
    const params = { model, messages: [{ role: 'user', content: 'Hi' }], ...change }
    await expect(
      openai.chat.completions.create(params as OpenAI.ChatCompletionCreateParamsNonStreaming),
    ).rejects.toMatchObject({
      status: 400,
      param,
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    })
  })

  it.each(['openai/gpt-4o', 'claude-sonnet-4', 'gemini-2.5-pro'])('do not know %s', async (id) => {
    await expect(say('Hi', { model: id })).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})

describe('the other providers', () => {
  it('speak the same format under their own paths, and err in their own words', async () => {
    const wrong = { method: 'POST', headers: { authorization: 'Bearer wrong' }, body: '{}' }
    const gemini = await fetch(`${sandbox.providers.geminiBaseUrl}/chat/completions`, wrong)
    expect([gemini.status, await gemini.json()]).toEqual([
      401,
      [{ error: { code: 401, message: expect.any(String), status: 'UNAUTHENTICATED' } }],
    ])
    const xai = await fetch(`${sandbox.providers.xaiBaseUrl}/chat/completions`, wrong)
    expect([xai.status, await xai.json()]).toEqual([
      401,
      { code: expect.any(String), error: expect.stringContaining('API key') },
    ])
    await expect(clientAt(sandbox.providers.openaiBaseUrl, 'sandbox-user-ada').models.list()).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    })
    const { data } = await clientAt(sandbox.providers.xaiBaseUrl).models.list()
    expect(data.map(({ id }) => id)).toContain('grok-3')
    expect((await openai.models.retrieve('gpt-4o')).id).toBe('gpt-4o')
  })
})
