import OpenAI, { AuthenticationError, RateLimitError } from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Customer, families, startCustomer } from './customer.ts'

let customer: Customer
let openai: OpenAI

const clientWith = (apiKey: string) => new OpenAI({ baseURL: customer.openaiBaseUrl, apiKey, maxRetries: 0 })

beforeAll(async () => {
  customer = await startCustomer()
  openai = clientWith(customer.key)
})
afterAll(async () => {
  await customer.expectExactCharges()
  await customer.stack.close()
})

const city = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const shape = z.object({ city: z.string(), degrees: z.number() })
const ask = 'Use look_up and tell_time'

describe.each(families)('openai against $family', ({ model }) => {
  it('chats', async () => {
    const answer = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Why is the sky blue?' }],
    })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
    expect(answer.choices[0]?.message.content).toContain('Why is the sky blue?')
    expect(answer.usage).toMatchObject({ completion_tokens: (await customer.lastCall())?.outputTokens })
  })

  it('streams a chat, with the usage that it asks for', async () => {
    const stream = openai.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'Hi [[sandbox: text="Grüße, 🙂!"]]' }],
      stream_options: { include_usage: true },
    })
    expect(await stream.finalContent()).toBe('Grüße, 🙂!')
    expect(await stream.totalUsage()).toMatchObject({ completion_tokens: (await customer.lastCall())?.outputTokens })
  })

  it.each([false, true])('goes round with tools, streamed: %s', async (isStream) => {
    const calls: string[] = []
    const run = (name: string) => (input: unknown) => {
      calls.push(`${name} ${JSON.stringify(input)}`)
      return `${name} says 21`
    }
    const tools = ['look_up', 'tell_time'].map((name) => ({
      type: 'function' as const,
      function: { name, description: name, parameters: city, parse: JSON.parse, function: run(name) },
    }))
    const runner = openai.chat.completions.runTools({
      model,
      stream: isStream,
      messages: [{ role: 'user', content: ask }],
      tools,
    } as never)
    expect(await (runner as { finalContent(): Promise<string> }).finalContent()).toContain('look_up says 21')
    expect(calls).toEqual(['look_up {"city":"example"}', 'tell_time {"city":"example"}'])
  })

  it('gets what fits a schema', async () => {
    const answer = await openai.chat.completions.parse({
      model,
      messages: [{ role: 'user', content: 'How warm is it?' }],
      response_format: zodResponseFormat(shape, 'weather'),
    })
    expect(shape.parse(answer.choices[0]?.message.parsed)).toEqual(answer.choices[0]?.message.parsed)
    expect(answer.choices[0]?.finish_reason).toBe('stop')
  })

  it('stops at its limit and says so', async () => {
    const answer = await openai.chat.completions.create({
      model,
      max_completion_tokens: 5,
      messages: [{ role: 'user', content: 'Go [[sandbox: tokens=50]]' }],
    })
    expect(answer.choices[0]?.finish_reason).toBe('length')
    expect(answer.usage?.completion_tokens).toBe(5)
  })

  it('shows a picture and a document', async () => {
    const png = Buffer.from('picture').toString('base64')
    const answer = await openai.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${png}` } },
          ],
        },
      ],
    })
    expect(answer.choices[0]?.message.content).toContain('What is this?')
    expect(JSON.stringify((await customer.lastCall())?.body)).toContain(png)
  })

  it('asks for a response', async () => {
    const response = await openai.responses.create({ model, instructions: 'Be kind.', input: 'Why is the sky blue?' })
    expect(response).toMatchObject({ object: 'response', status: 'completed', store: expect.anything() })
    expect(response.output_text).toContain('Why is the sky blue?')
    expect(response.usage?.output_tokens).toBe((await customer.lastCall())?.outputTokens)
  })

  it('streams a response, every event in its place', async () => {
    const stream = openai.responses.stream({ model, input: 'Hi [[sandbox: text="Grüße, 🙂!"]]' })
    const types: string[] = []
    const numbers: number[] = []
    for await (const event of stream) {
      types.push(event.type)
      numbers.push(event.sequence_number)
    }
    const final = await stream.finalResponse()
    expect(final.output_text).toBe('Grüße, 🙂!')
    expect(types[0]).toBe('response.created')
    expect(types.at(-1)).toBe('response.completed')
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect(final.usage?.output_tokens).toBe((await customer.lastCall())?.outputTokens)
  })

  it.each([false, true])('goes round with tools by responses, streamed: %s', async (isStream) => {
    const tools = ['look_up', 'tell_time'].map((name) => ({
      ...{ type: 'function' as const, name, description: name, parameters: city, strict: true },
    }))
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: ask }]
    const first: OpenAI.Responses.Response = isStream
      ? await openai.responses.stream({ model, input, tools }).finalResponse()
      : await openai.responses.create({ model, input, tools })
    const calls = first.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
    expect(calls.map((call) => [call.name, call.arguments])).toEqual([
      ['look_up', '{"city":"example"}'],
      ['tell_time', '{"city":"example"}'],
    ])
    expect(new Set(first.output.map(({ id }) => id)).size).toBe(first.output.length)
    const outputs = calls.map((call) => ({
      type: 'function_call_output' as const,
      call_id: call.call_id,
      output: `${call.name} says 21`,
    }))
    const second = await openai.responses.create({
      model,
      tools,
      input: [...input, ...(first.output as never[]), ...outputs],
    })
    expect(second.output_text).toContain('look_up says 21')
  })

  it('gets a response that fits a schema', async () => {
    const response = await openai.responses.parse({
      model,
      input: 'How warm is it?',
      text: { format: zodTextFormat(shape, 'weather') },
    })
    expect(shape.parse(response.output_parsed)).toEqual(response.output_parsed)
  })

  it('carries reasoning from a response to the next request', async () => {
    const ask = { model, include: ['reasoning.encrypted_content' as const], reasoning: { effort: 'high' as const } }
    const first = await openai.responses.create({ ...ask, input: 'Think [[sandbox: reasoning=40]]' })
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    const input = [...(first.output as never[]), { role: 'user' as const, content: 'Go on' }]
    const second = await openai.responses.create({ ...ask, input })
    expect(second.status).toBe('completed')
  })

  it('is told what is wrong: key, credits, rate', async () => {
    const say = (client: OpenAI, content = 'Hi') =>
      client.chat.completions.create({ model, messages: [{ role: 'user', content }] }).then(
        () => null,
        (error: unknown) => error,
      )
    const stranger = await say(clientWith('oc_sk_nobody'))
    expect(stranger).toBeInstanceOf(AuthenticationError)
    expect(stranger).toMatchObject({ status: 401, type: 'invalid_user_key' })
    const poor = await say(clientWith(customer.poorKey))
    expect(poor).toMatchObject({ status: 402, type: 'insufficient_credits' })
    expect(String(poor)).toMatch(/Insufficient credits: 0 left, about .* needed\. Top up/)
    const limited = await say(openai, 'Hi [[sandbox: status=429 retry-after=1]]')
    expect(limited).toBeInstanceOf(RateLimitError)
    expect((limited as RateLimitError).headers?.get('retry-after')).toBe('1')
  })
})

describe('openai', () => {
  it('lists models and finds one by its encoded id', async () => {
    const ids = (await openai.models.list()).data.map(({ id }) => id)
    expect(ids).toContain('anthropic/claude-sonnet-4-20250514')
    expect(await openai.models.retrieve('openai/gpt-4o')).toMatchObject({ id: 'openai/gpt-4o', object: 'model' })
  })

  it('embeds', async () => {
    const { data, usage } = await openai.embeddings.create({
      model: 'openai/text-embedding-3-small',
      input: ['one', 'two'],
    })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
    expect(usage.prompt_tokens).toBe((await customer.lastCall())?.inputTokens)
  })

  it('works with a base URL without /v1', async () => {
    const bare = new OpenAI({ baseURL: customer.url, apiKey: customer.key, maxRetries: 0 })
    const { response } = await bare.chat.completions
      .create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] })
      .withResponse()
    expect(response.headers.get('opencredits-hint')).toMatch(/^use the base URL .*\/v1$/)
  })
})
