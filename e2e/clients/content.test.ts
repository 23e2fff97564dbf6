import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { direct } from '../process/api-client.ts'
import { type Caller, startCaller } from '../process/caller.ts'

/** What flows through a translation besides words: pictures, documents, choices of tools, limits, thinking, schemas. */
let caller: Caller
let openai: OpenAI
let anthropic: Anthropic

beforeAll(async () => {
  caller = await startCaller()
  const connect = { apiKey: caller.key, maxRetries: 0 }
  openai = new OpenAI({ ...connect, baseURL: `${direct(caller.stack)}/v1` })
  anthropic = new Anthropic({ ...connect, baseURL: direct(caller.stack) })
})
afterAll(() => caller.stack.close())

const data = Buffer.from('picture').toString('base64')
const city = { type: 'object' as const, properties: { city: { type: 'string' } } }
const textOf = (message: Anthropic.Message) =>
  message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
const sentBody = async () => JSON.stringify((await caller.lastCall())?.body)

describe.each(['claude-sonnet-4', 'gpt-4o', 'gemini-2.5-pro', 'grok-3'])('content for %s', (model) => {
  it('pictures and documents, by chat', async () => {
    const answer = await openai.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` } },
          ],
        },
      ],
    })
    expect(answer.choices[0]?.message.content).toContain('What is this?')
    expect((await sentBody()).split(data).length).toBe(3)
    expect(await sentBody()).toContain('https://example.com/a.png')
  })

  it('pictures and documents, by messages and by responses', async () => {
    const message = await anthropic.messages.create({
      model,
      max_tokens: 500,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } },
          ],
        },
      ],
    })
    expect(textOf(message)).toContain('What is this?')
    expect((await sentBody()).split(data).length).toBe(3)
    const response = await openai.responses.create({
      model,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${data}` },
            { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` },
          ],
        },
      ],
    })
    expect(response.output_text).toContain('What is this?')
    expect((await sentBody()).split(data).length).toBe(3)
  })

  it.each<[Anthropic.ToolChoice, readonly string[]]>([
    [{ type: 'any', disable_parallel_tool_use: true }, ['look_up']],
    [{ type: 'tool', name: 'tell_time' }, ['tell_time']],
    [{ type: 'none' }, []],
    [{ type: 'auto' }, []],
  ])('the tools that it may choose: %j', async (tool_choice, names) => {
    const message = await anthropic.messages.create({
      ...{ model, max_tokens: 500, tool_choice },
      tools: ['look_up', 'tell_time'].map((name) => ({ name, input_schema: city })),
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(message.content.flatMap((block) => (block.type === 'tool_use' ? [block.name] : []))).toEqual(names)
  })

  it('limits and stop sequences', async () => {
    const question = [{ role: 'user' as const, content: '[[sandbox: text="one two three four"]]' }]
    const stopped = await openai.chat.completions.create({ model, messages: question, stop: ['three'] })
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringMatching(/^one two/) },
    })
    expect(stopped.choices[0]?.message.content).not.toContain('three')
    const cut = await anthropic.messages.create({ model, max_tokens: 2, messages: question })
    expect([cut.stop_reason, cut.usage.output_tokens]).toEqual(['max_tokens', 2])
    const response = await openai.responses.create({ model, max_output_tokens: 16, input: '[[sandbox: tokens=50]]' })
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  })

  it('schemas, by every format', async () => {
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    }
    const message = await anthropic.messages.create({
      ...{ model, max_tokens: 500, messages: [{ role: 'user', content: 'Is it?' }] },
      output_config: { format: { type: 'json_schema', schema } },
    })
    // Claude Sonnet 4 has no structured output of its own: on its own endpoint that is for Anthropic to say.
    if (model !== 'claude-sonnet-4') expect(JSON.parse(textOf(message))).toEqual({ ok: true })
    const answer = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Is it?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    })
    expect([answer.choices[0]?.finish_reason, JSON.parse(answer.choices[0]?.message.content ?? '')]).toEqual([
      'stop',
      { ok: true },
    ])
    const object = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Answer in JSON' }],
      response_format: { type: 'json_object' },
    })
    expect(typeof JSON.parse(object.choices[0]?.message.content ?? '')).toBe('object')
    const response = await openai.responses.create({
      ...{ model, input: 'Is it?', text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } },
    })
    expect(JSON.parse(response.output_text)).toEqual({ ok: true })
  })

  it.each<[string, object, string]>([
    ['two answers', { n: 2 }, 'n'],
    ['log probabilities', { logprobs: true }, 'logprobs'],
    ['a bias', { logit_bias: { 50256: -100 } }, 'logit_bias'],
  ])('what it cannot do is refused by name, or done: %s', async (_label, more, param) => {
    const failure = await openai.chat.completions
      .create({ model, messages: [{ role: 'user', content: 'Hi' }], ...more })
      .then(
        () => null,
        (error: unknown) => error,
      )
    if (model.startsWith('claude')) expect(failure).toMatchObject({ status: 400, param })
    else expect(failure).toBeNull()
  })
})

describe('ends', () => {
  it.each([
    ['refusal', 'content_filter'],
    ['pause_turn', 'stop'],
    ['model_context_window_exceeded', 'length'],
    ['max_tokens', 'length'],
  ])('%s of Claude is %s by chat, streamed too', async (stop, finish) => {
    const ask = {
      model: 'claude-sonnet-4',
      messages: [{ role: 'user' as const, content: `Hi [[sandbox: stop=${stop}]]` }],
    }
    expect((await openai.chat.completions.create(ask)).choices[0]?.finish_reason).toBe(finish)
    const streamed = await openai.chat.completions
      .stream(ask)
      .finalChatCompletion()
      .catch((error: Error) => error.message)
    // The SDK's own helper refuses to parse an answer that was cut or filtered.
    if (typeof streamed !== 'string') expect(streamed.choices[0]?.finish_reason).toBe(finish)
    else expect(streamed).toMatch(finish === 'length' ? /length limit/ : /content filter/)
  })

  it.each([
    ['content_filter', 'refusal'],
    ['length', 'max_tokens'],
    ['stop', 'end_turn'],
  ])('%s of GPT is %s by messages, streamed too', async (stop, reason) => {
    const ask = {
      ...{ model: 'gpt-4o', max_tokens: 200 },
      messages: [{ role: 'user' as const, content: `Hi [[sandbox: stop=${stop}]]` }],
    }
    expect((await anthropic.messages.create(ask)).stop_reason).toBe(reason)
    expect((await anthropic.messages.stream(ask).finalMessage()).stop_reason).toBe(reason)
  })
})

describe('thinking', () => {
  it('comes by chat beside the text, signed, and goes back to the model that signed it', async () => {
    const ask = { model: 'claude-sonnet-4-5', reasoning_effort: 'high' as const }
    const question = { role: 'user' as const, content: 'Think' }
    const first = await openai.chat.completions.create({ ...ask, messages: [question] })
    const message = first.choices[0]?.message as unknown as Record<string, unknown>
    expect(message.reasoning_content).toEqual(expect.any(String))
    expect(message.content).not.toContain(message.reasoning_content)
    expect(message.reasoning_details).toMatchObject([{ type: 'reasoning.text', signature: expect.any(String) }])
    await openai.chat.completions.create({
      ...ask,
      messages: [question, message as never, { role: 'user', content: 'Go on' }],
    })
    const [detail] = message.reasoning_details as { readonly signature: string }[]
    expect(await sentBody()).toContain(JSON.stringify(detail?.signature))
  })

  it('streams by chat, and its pieces make the same thought', async () => {
    const stream = await openai.chat.completions.create({
      ...{ model: 'claude-sonnet-4-5', reasoning_effort: 'low', stream: true },
      messages: [{ role: 'user', content: 'Think' }],
    })
    let [thought, text, signature] = ['', '', '']
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta as
        | { reasoning_content?: string; content?: string; reasoning_details?: { signature?: string }[] }
        | undefined
      thought += delta?.reasoning_content ?? ''
      text += delta?.content ?? ''
      signature += delta?.reasoning_details?.[0]?.signature ?? ''
    }
    expect([thought.length > 0, text.length > 0, signature.length > 0]).toEqual([true, true, true])
    expect(text).not.toContain(thought)
  })

  it('travels by responses as encrypted content, whoever thought', async () => {
    for (const model of ['claude-sonnet-4-5', 'gpt-5']) {
      const ask = { model, include: ['reasoning.encrypted_content' as const], reasoning: { effort: 'high' as const } }
      const first = await openai.responses.create({ ...ask, input: 'Think' })
      expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
      const input = [...(first.output as never[]), { role: 'user' as const, content: 'Go on' }]
      expect((await openai.responses.create({ ...ask, input })).status).toBe('completed')
      // A session that changes models leaves behind what the other one cannot read.
      const other = model === 'gpt-5' ? 'claude-sonnet-4-5' : 'gpt-5'
      expect((await openai.responses.create({ ...ask, model: other, input })).status).toBe('completed')
      expect(await sentBody()).not.toContain('encrypted_content":"oc1.')
    }
  })

  it('that nobody signed never goes to Anthropic', async () => {
    const thought = { reasoning_details: [{ type: 'reasoning.text', text: 'made up' }] }
    const said = { role: 'assistant' as const, content: 'So.', ...thought }
    await openai.chat.completions.create({
      model: 'claude-sonnet-4',
      messages: [{ role: 'user', content: 'Think' }, said, { role: 'user', content: 'Go on' }],
    })
    expect(await sentBody()).toContain('So.')
    expect(await sentBody()).not.toContain('made up')
  })
})
