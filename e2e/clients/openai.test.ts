import OpenAI from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { describe, expect, it } from 'vitest'
import { families, greeting, refusals, report, weather } from './asks.ts'
import { useCustomer } from './customer.ts'
import { keyFor } from './key-for.ts'

const customer = useCustomer()
const clientFor = (apiKey = customer.key) => new OpenAI({ baseURL: customer.baseUrl, apiKey, maxRetries: 0 })

describe.each(families)('the openai package, chat completions, a model of $family', ({ model }) => {
  const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] })

  it('answers', async () => {
    const answer = await clientFor().chat.completions.create(ask(greeting.prompt))
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: greeting.answer } })
    expect(answer.usage?.completion_tokens).toBeGreaterThan(0)
  })

  it('streams, with the usage where it is asked for', async () => {
    const stream = clientFor().chat.completions.stream({
      ...ask(greeting.prompt),
      stream_options: { include_usage: true },
    })
    let deltas = 0
    stream.on('content', () => {
      deltas += 1
    })
    const whole = await stream.finalChatCompletion()
    expect(whole.choices[0]?.message.content).toBe(greeting.answer)
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0)
    expect(deltas).toBeGreaterThan(1)
  })

  it.each([false, true])('runs tools until there is an answer (stream: %s)', async (isStream) => {
    const inputs: unknown[] = []
    const tool = {
      type: 'function' as const,
      function: {
        name: weather.tool,
        description: weather.description,
        parameters: weather.schema,
        parse: JSON.parse,
        function: (input: unknown) => {
          inputs.push(input)
          return weather.result
        },
      },
    }
    const { chat } = clientFor()
    const runner = isStream
      ? chat.completions.runTools({ ...ask(weather.prompt), stream: true, tools: [tool] })
      : chat.completions.runTools({ ...ask(weather.prompt), tools: [tool] })
    expect(await runner.finalContent()).toContain(weather.result)
    expect(inputs).toEqual([weather.input])
  })

  it('fits its answer to a schema', async () => {
    const answer = await clientFor().chat.completions.parse({
      ...ask(report.prompt),
      response_format: zodResponseFormat(report.zod, 'report'),
    })
    expect(answer.choices[0]?.message.parsed).toEqual(report.answer)
  })

  it.each(refusals)('says what is wrong: $refusal is a $status', async (refusal) => {
    const { chat } = clientFor(await keyFor(customer, refusal))
    const { status, code: type, message } = refusal
    await expect(chat.completions.create(ask('Hi'))).rejects.toMatchObject({
      constructor: { 401: OpenAI.AuthenticationError, 402: OpenAI.APIError, 429: OpenAI.RateLimitError }[status],
      status,
      type,
      message: expect.stringMatching(message),
    })
    await expect(chat.completions.create({ ...ask('Hi'), stream: true })).rejects.toMatchObject({ status, type })
  })
})

describe.each(families)('the openai package, responses, a model of $family', ({ model }) => {
  const ask = (input: string) => ({ model, input })

  it('answers', async () => {
    const answer = await clientFor().responses.create(ask(greeting.prompt))
    expect(answer).toMatchObject({ status: 'completed', output_text: greeting.answer })
    expect(answer.usage?.output_tokens).toBeGreaterThan(0)
  })

  it('streams', async () => {
    const stream = clientFor().responses.stream(ask(greeting.prompt))
    const deltas: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta))
    const whole = await stream.finalResponse()
    expect(whole).toMatchObject({ status: 'completed', output_text: greeting.answer })
    expect(whole.usage?.output_tokens).toBeGreaterThan(0)
    expect(deltas.length).toBeGreaterThan(1)
    expect(deltas.join('')).toBe(greeting.answer)
  })

  it('calls a tool, takes its result, and answers', async () => {
    const { responses } = clientFor()
    const { tool: name, description, schema: parameters } = weather
    const tools = [{ type: 'function' as const, name, description, parameters, strict: true }]
    const first = await responses.create({ ...ask(weather.prompt), tools })
    const call = first.output.find((item) => item.type === 'function_call')
    expect(call).toMatchObject({ name, arguments: JSON.stringify(weather.input) })
    const answer = await responses.create({
      model,
      tools,
      input: [
        { role: 'user', content: weather.prompt },
        ...first.output.filter((item) => item.type === 'function_call'),
        { type: 'function_call_output', call_id: call?.call_id ?? '', output: weather.result },
      ],
    })
    expect(answer.output_text).toContain(weather.result)
  })

  it('fits its answer to a schema', async () => {
    const answer = await clientFor().responses.parse({
      ...ask(report.prompt),
      text: { format: zodTextFormat(report.zod, 'report') },
    })
    expect(answer.output_parsed).toEqual(report.answer)
  })

  it.each(refusals)('says what is wrong: $refusal is a $status', async (refusal) => {
    const { responses } = clientFor(await keyFor(customer, refusal))
    const { status, code: type, message } = refusal
    await expect(responses.create(ask('Hi'))).rejects.toMatchObject({
      status,
      type,
      message: expect.stringMatching(message),
    })
    await expect(responses.create({ ...ask('Hi'), stream: true })).rejects.toMatchObject({ status, type })
  })
})

describe('the openai package, the rest', () => {
  it('embeds, in base64 as it asks for by default and in numbers', async () => {
    const { embeddings } = clientFor()
    const ask = { model: 'openai/text-embedding-3-small', input: ['one', 'two'] }
    const [packed, plain] = [
      await embeddings.create(ask),
      await embeddings.create({ ...ask, encoding_format: 'float' }),
    ]
    expect(packed.data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
    expect(plain.data[0]?.embedding[0]).toBeCloseTo(packed.data[0]?.embedding[0] ?? Number.NaN, 5)
  })

  it('lists and finds models', async () => {
    const listed = (await clientFor().models.list()).data.map(({ id }) => id)
    for (const { model } of families) {
      expect(listed).toContain(model)
      expect((await clientFor().models.retrieve(model)).id).toBe(model)
    }
  })

  it('works with a base URL that lacks /v1', async () => {
    const client = new OpenAI({ baseURL: customer.origin, apiKey: customer.key })
    const answer = await client.chat.completions.create({
      model: 'openai/gpt-4o',
      messages: [{ role: 'user', content: greeting.prompt }],
    })
    expect(answer.choices[0]?.message.content).toBe(greeting.answer)
  })
})
