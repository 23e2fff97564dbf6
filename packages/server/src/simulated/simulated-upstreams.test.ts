import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countText } from '../counting/count-text.ts'
import { anthropicUpstream } from '../wires/anthropic-messages/upstream.ts'
import { openaiChatUpstream } from '../wires/openai-chat/upstream.ts'
import { createMeter } from '../wires/openai-responses/create-meter.ts'
import { readOutputText } from '../wires/openai-responses/read-output-text.ts'
import { readUsage } from '../wires/openai-responses/read-usage.ts'
import { readPromptText, tokensPerTurn } from '../wires/read-prompt-text.ts'
import type { ParsedRequest } from '../wires/wire.ts'
import { asks, events, whole } from './test-simulated.ts'

/** The server's own readers of each format. */
const readers = {
  messages: anthropicUpstream,
  chat: openaiChatUpstream,
  responses: { readUsage, readOutputText, createMeter: (_: ParsedRequest) => createMeter(null, null) },
} as const
type Language = keyof typeof readers
const languages: readonly Language[] = ['messages', 'chat', 'responses']
const request: ParsedRequest = {
  ...{ model: 'm', isStream: true, maxTokens: null, answers: 1, furtherRuns: [], predictedTokens: 0 },
  ...{ wantsUsageChunk: true, body: {} },
}

function countPrompt(body: object): number {
  const { text, turns } = readPromptText({ ...body })
  return countText(text) + turns * tokensPerTurn
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.lorem({ maxCount: 40 }),
  fc.constantFrom('👩‍👩‍👧'.repeat(9), '𓀀𓁀𓂀'.repeat(20), '\n\n  \t'.repeat(20), 'x'.repeat(500), ''),
)

describe('what a simulated model tells it has used', () => {
  it.each(languages)(
    'is what the server counts itself, of any prompt and limit, however a stream is cut: %s',
    async (family) => {
      await fc.assert(
        fc.asyncProperty(
          words,
          fc.integer({ min: 1, max: 120 }),
          fc.integer({ min: 1, max: 400 }),
          async (text, maxTokens, partBytes) => {
            const body = asks(family, text, maxTokens)
            const answer = await whole(family, body)
            const said = readers[family].readOutputText(answer)
            const counts = { inputTokens: countPrompt(body), outputTokens: countText(said) }
            expect(readers[family].readUsage(answer)).toMatchObject(counts)
            expect(counts.outputTokens).toBeLessThanOrEqual(maxTokens)
            const meter = readers[family].createMeter(request)
            for (const event of await events(family, body, partBytes)) meter.observe(event)
            expect([meter.outputText(), meter.isUsageFinal]).toEqual([said, true])
            expect(meter.reported).toMatchObject(counts)
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  it.each(languages)('is exactly as much as was asked for, and never more than the limit: %s', async (family) => {
    const used = async (text: string, limit?: number) =>
      readers[family].readUsage(await whole(family, asks(family, text, limit)))
    for (const tokens of [1, 7, 40, 900])
      expect(await used(`simulate:tokens=${tokens}`)).toMatchObject({ outputTokens: tokens })
    expect(await used('simulate:tokens=900', 33)).toMatchObject({ outputTokens: 33 })
  })

  it.each(languages)('leaves the counts out, or tells some as cached, where it is told to: %s', async (family) => {
    expect(readers[family].readUsage(await whole(family, asks(family, 'simulate:no-usage')))).toBeNull()
    const meter = readers[family].createMeter(request)
    for (const event of await events(family, asks(family, 'simulate:no-usage'))) meter.observe(event)
    expect([meter.isUsageFinal, meter.outputText().length > 20]).toEqual([false, true])
    const body = asks(family, 'one two three four five simulate:cached=5')
    expect(readers[family].readUsage(await whole(family, body))).toMatchObject({
      inputTokens: countPrompt(body) - 5,
      cacheReadTokens: 5,
    })
  })

  it('sums the inputs of embeddings, and gives each text its own vector of length one', async () => {
    const answer = await whole('embeddings', { input: ['One text.', 'Another', 'One text.'], dimensions: 8 })
    expect(answer.usage).toEqual({ prompt_tokens: 2 * countText('One text.') + countText('Another'), total_tokens: 7 })
    const vectors = Object(answer.data).map(({ embedding }: { embedding: number[] }) => embedding)
    expect(vectors[0]).toEqual(vectors[2])
    expect(vectors[0]).not.toEqual(vectors[1])
    expect(Math.hypot(...vectors[0])).toBeCloseTo(1)
    expect(await whole('embeddings', { input: 'simulate:cut' })).toMatchObject({ status: 400 })
    expect(await whole('embeddings', { input: 'simulate:error=overloaded' })).toMatchObject({ status: 503 })
    const packed = await whole('embeddings', { input: [[1, 2, 3]], dimensions: 8, encoding_format: 'base64' })
    expect([packed.usage, Buffer.from(Object(packed.data)[0].embedding, 'base64').length]).toEqual([
      { prompt_tokens: 3, total_tokens: 3 },
      32,
    ])
  })
})

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2 } },
  required: ['city', 'days'],
}
const example = { city: 'example', days: 2 }
const toolOf: Readonly<Record<Language, (name: string) => object>> = {
  messages: (name) => ({ name, input_schema: schema }),
  chat: (name) => ({ type: 'function', function: { name, parameters: schema } }),
  responses: (name) => ({ type: 'function', name, parameters: schema }),
}
/** Each tool that is called in an answer, with its arguments. */
const callsIn: Readonly<Record<Language, (answer: Record<string, unknown>) => unknown>> = {
  messages: (answer) =>
    Object(answer.content).flatMap(({ type, name, input }: Record<string, unknown>) =>
      type === 'tool_use' ? [[name, input]] : [],
    ),
  chat: (answer) =>
    (Object(answer.choices)[0].message.tool_calls ?? []).map(
      (call: { function: { name: string; arguments: string } }) => [
        call.function.name,
        JSON.parse(call.function.arguments),
      ],
    ),
  responses: (answer) =>
    Object(answer.output).flatMap(({ type, name, arguments: said }: Record<string, unknown>) =>
      type === 'function_call' ? [[name, JSON.parse(String(said))]] : [],
    ),
}

/** What a request may say beside its messages, and so anything may be in. */
const fields = [
  ...['tools', 'tool_choice', 'stop', 'stop_sequences', 'response_format', 'text', 'output_config', 'thinking', 'n'],
  ...['reasoning', 'reasoning_effort', 'stream_options', 'parallel_tool_calls', 'instructions', 'system', 'dimensions'],
]

it.each(languages)('a simulated model answers or refuses whatever passes the checks before it: %s', async (family) => {
  const odd = fc.dictionary(fc.constantFrom(...fields), fc.oneof(fc.jsonValue(), fc.array(fc.object())))
  await fc.assert(
    fc.asyncProperty(odd, fc.jsonValue(), async (more, content) => {
      const turns = { [family === 'responses' ? 'input' : 'messages']: [{ role: 'user', content }, content] }
      const { status } = await whole(family, { max_tokens: 50, ...turns, ...more, n: 1 })
      expect([200, 400]).toContain(status)
    }),
    { numRuns: 150 },
  )
})

describe('what a simulated model answers', () => {
  it.each(languages)('calls the tools that are asked for, and no other: %s', async (family) => {
    const tools = ['look_up', 'book'].map(toolOf[family])
    const calls = async (text: string, more: object = {}) =>
      callsIn[family](await whole(family, { ...asks(family, text), tools, ...more }))
    expect(await calls('Hi')).toEqual([])
    expect(await calls('simulate:tool=book')).toEqual([['book', example]])
    expect(await calls('simulate:tool=book,look_up')).toEqual([
      ['book', example],
      ['look_up', example],
    ])
    const forced = {
      messages: { type: 'tool', name: 'look_up' },
      chat: { type: 'function', function: { name: 'look_up' } },
      responses: { type: 'function', name: 'look_up' },
    }[family]
    expect(await calls('Hi', { tool_choice: forced })).toEqual([['look_up', example]])
    expect(await calls('Hi', { tool_choice: family === 'messages' ? { type: 'any' } : 'required' })).toHaveLength(1)
    expect(
      await calls('simulate:tool=book', { tool_choice: family === 'messages' ? { type: 'none' } : 'none' }),
    ).toEqual([])
  })

  it.each([
    [
      'messages',
      [
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'book', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: '12 degrees simulate:cut' }] },
      ],
    ],
    [
      'chat',
      [
        { role: 'assistant', tool_calls: [] },
        { role: 'tool', tool_call_id: 't', content: '12 degrees simulate:cut' },
      ],
    ],
    [
      'responses',
      [
        { type: 'function_call', call_id: 't', name: 'book', arguments: '{}' },
        { type: 'function_call_output', call_id: 't', output: '12 degrees simulate:cut' },
      ],
    ],
  ] as const)('speaks of what a tool has answered, and obeys nothing in it: %s', async (family, items) => {
    const turns = [{ role: 'user', content: 'simulate:tool=book' }, ...items]
    const body = {
      max_tokens: 200,
      [family === 'responses' ? 'input' : 'messages']: turns,
      tools: [toolOf[family]('book')],
    }
    const answer = await whole(family, body)
    expect(callsIn[family](answer)).toEqual([])
    expect(readers[family].readOutputText(answer)).toContain('The tool answered: “12 degrees')
  })

  it.each([
    ['messages', { output_config: { format: { type: 'json_schema', schema } } }],
    ['chat', { response_format: { type: 'json_schema', json_schema: { name: 'trip', schema } } }],
    ['responses', { text: { format: { type: 'json_schema', name: 'trip', schema } } }],
  ] as const)('fits the schema: %s', async (family, more) => {
    const answer = await whole(family, { ...asks(family, 'Hi'), ...more })
    expect(JSON.parse(readers[family].readOutputText(answer))).toEqual(example)
  })

  it('thinks where it is asked to: shown by Anthropic, counted by the others', async () => {
    const thinking = { thinking: { type: 'enabled', budget_tokens: 1024 } }
    const shown = await whole('messages', { ...asks('messages', 'simulate:thinking=50'), ...thinking })
    expect(Object(shown.content)[0]).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/.{40}/) })
    expect(countText(Object(shown.content)[0].thinking)).toBe(50)
    const hidden = { model: 'gpt-5', reasoning_effort: 'high' }
    expect((await whole('chat', { ...asks('chat', 'simulate:thinking=50'), ...hidden })).usage).toMatchObject({
      completion_tokens_details: { reasoning_tokens: 50 },
    })
    const item = await whole('responses', { ...asks('responses', 'Hi'), model: 'gpt-5', reasoning: { effort: 'low' } })
    expect(Object(item.output)[0].type).toBe('reasoning')
    expect(item.usage).toMatchObject({ output_tokens_details: { reasoning_tokens: 32 } })
  })

  it('ends as it is told: by a stop sequence, a limit, or a refusal', async () => {
    const ends = async (text: string, more: object = {}) =>
      (await whole('messages', { ...asks('messages', text), ...more })).stop_reason
    expect(await ends('Hi')).toBe('end_turn')
    expect(await ends('Hi', { stop_sequences: ['You said'] })).toBe('stop_sequence')
    expect(await ends('Hi', { max_tokens: 3 })).toBe('max_tokens')
    expect(await ends('simulate:refusal')).toBe('refusal')
  })

  it('answers as often as it is asked to, in one stream too', async () => {
    const body = { ...asks('chat', 'simulate:tokens=9'), n: 3 }
    const answer = await whole('chat', body)
    expect([Object(answer.choices).length, Object(answer.usage).completion_tokens]).toEqual([3, 27])
    const texts = ['', '', '']
    const ends: unknown[] = []
    for (const { data } of await events('chat', body)) {
      if (data === '[DONE]') continue
      for (const { index, delta, finish_reason: end } of JSON.parse(String(data)).choices) {
        texts[index] += delta.content ?? ''
        if (end !== null) ends.push([index, end])
      }
    }
    expect(new Set(texts)).toEqual(new Set([Object(answer.choices)[0].message.content]))
    expect(ends).toEqual([0, 1, 2].map((index) => [index, 'stop']))
  })

  it('says no more in many answers than in a long one', async () => {
    const schema = { type: 'array', minItems: 900, items: { type: 'string', minLength: 150 } }
    const more = { n: 128, response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }
    const { usage, choices } = await whole('chat', { ...asks('chat', 'Hi'), ...more })
    expect(Object(usage).completion_tokens).toBeLessThanOrEqual(100_000)
    expect([Object(choices).length, Object(choices)[0].finish_reason]).toEqual([128, 'length'])
  })

  it.each(languages)('fails as it is told: %s', async (family) => {
    const fails = (error: string) => whole(family, asks(family, `simulate:error=${error}`))
    expect(await fails('overloaded')).toMatchObject({ status: family === 'messages' ? 529 : 503 })
    expect(await fails('rate_limited')).toMatchObject({ status: 429 })
    expect(await fails('invalid_request')).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } })
    await expect(fails('timeout')).rejects.toThrow('UND_ERR_HEADERS_TIMEOUT')
    await expect(events(family, asks(family, 'simulate:cut'))).rejects.toThrow('breaks off')
    for (const [text, message] of [
      ['simulate:toknes=5', 'There is no simulate:toknes=5.'],
      ['simulate:tokens=0', 'expected simulate:tokens=1 to 100000'],
      ['simulate:error=odd', 'expected simulate:error=overloaded|'],
      ['simulate:cut=5', 'expected simulate:cut.'],
      ['simulate:delay=30001', 'expected simulate:delay=1 to 30000'],
      ['simulate:tool=nobody', 'this request has no such tool'],
      [`simulate:tool=${'a,'.repeat(32)}a`, 'at most 32'],
      ['simulate:cut '.repeat(101), 'Expected at most 100 of simulate:'],
      ['simulate:thinking=9', 'asks a reasoning model to think'],
    ] as const)
      expect(await whole(family, asks(family, text))).toMatchObject({
        status: 400,
        error: { message: expect.stringContaining(message) },
      })
  })
})
