import Anthropic from 'anthropic-sdk-0'
import { betaZodTool } from 'anthropic-sdk-0/helpers/beta/zod'
import { zodOutputFormat } from 'anthropic-sdk-0/helpers/zod'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { families, greeting, refusals, report, weather } from './asks.ts'
import { useCustomer } from './customer.ts'
import { keyFor } from './key-for.ts'

const customer = useCustomer()
const clientFor = (apiKey = customer.key) => new Anthropic({ baseURL: customer.origin, apiKey, maxRetries: 0 })

describe.each(families)('the Anthropic package of generation 0, a model of $family', ({ model }) => {
  const ask = (content: string) => ({ model, max_tokens: 1000, messages: [{ role: 'user' as const, content }] })

  it('answers', async () => {
    const answer = await clientFor().messages.create(ask(greeting.prompt))
    expect(answer).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: greeting.answer }] })
    expect(answer.usage.output_tokens).toBeGreaterThan(0)
  })

  it('streams', async () => {
    const stream = clientFor().messages.stream(ask(greeting.prompt))
    const deltas: string[] = []
    stream.on('text', (delta) => deltas.push(delta))
    const whole = await stream.finalMessage()
    expect(whole).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: greeting.answer }] })
    expect(whole.usage.output_tokens).toBeGreaterThan(0)
    expect(deltas.length).toBeGreaterThan(1)
  })

  it.each([false, true])('runs tools until there is an answer (stream: %s)', async (stream) => {
    const inputs: unknown[] = []
    const tool = betaZodTool({
      name: weather.tool,
      description: weather.description,
      inputSchema: z.object({ city: z.string() }),
      run: (input) => {
        inputs.push(input)
        return weather.result
      },
    })
    const runner = clientFor().beta.messages.toolRunner({ ...ask(weather.prompt), tools: [tool], stream })
    const final = await runner.runUntilDone()
    expect(final.content).toMatchObject([{ type: 'text', text: expect.stringContaining(weather.result) }])
    expect(inputs).toEqual([weather.input])
  })

  it('fits its answer to a schema', async () => {
    const answer = await clientFor().messages.parse({
      ...ask(report.prompt),
      output_config: { format: zodOutputFormat(report.zod) },
    })
    expect(answer.parsed_output).toEqual(report.answer)
  })

  it('counts tokens, for nothing', async () => {
    const { messages, model } = ask('How many tokens are these?')
    const counted = await clientFor().messages.countTokens({ messages, model })
    expect(counted.input_tokens).toBeGreaterThan(5)
  })

  it.each(refusals)('says what is wrong: $refusal is a $status', async (refusal) => {
    const { messages } = clientFor(await keyFor(customer, refusal))
    const { status, code: type, message } = refusal
    await expect(messages.create(ask('Hi'))).rejects.toMatchObject({
      status,
      type,
      message: expect.stringMatching(message),
      requestID: expect.stringMatching(/^req_/),
    })
    await expect(messages.stream(ask('Hi')).finalMessage()).rejects.toMatchObject({ status, type })
  })
})

describe('the Anthropic package of generation 0, the rest', () => {
  it('lists and finds models', async () => {
    const listed: string[] = []
    for await (const { id } of clientFor().models.list()) listed.push(id)
    for (const { model } of families) {
      expect(listed).toContain(model)
      expect(await clientFor().models.retrieve(model)).toMatchObject({ id: model, type: 'model' })
    }
  })

  it('works with a base URL that has /v1 too much', async () => {
    const client = new Anthropic({ baseURL: customer.baseUrl, apiKey: customer.key })
    const answer = await client.messages.create({
      model: 'anthropic/claude-sonnet-4-20250514',
      max_tokens: 100,
      messages: [{ role: 'user', content: greeting.prompt }],
    })
    expect(answer.content).toMatchObject([{ text: greeting.answer }])
  })
})
