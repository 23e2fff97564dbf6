import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import OldAnthropic from 'anthropic-sdk-0'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Customer, families, startCustomer } from './customer.ts'

let customer: Customer

beforeAll(async () => {
  customer = await startCustomer()
})
afterAll(async () => {
  await customer.expectExactCharges()
  await customer.stack.close()
})

/** Both generations speak alike; 1.x sends its key as Bearer, 0.x as `x-api-key`. */
const generations = [
  { generation: '1.x', make: (apiKey: string) => new Anthropic({ baseURL: customer.url, apiKey, maxRetries: 0 }) },
  {
    generation: '0.x',
    make: (apiKey: string) =>
      new OldAnthropic({ baseURL: customer.url, apiKey, maxRetries: 0 }) as unknown as Anthropic,
  },
]
const cases = generations.flatMap((generation) => families.map((family) => ({ ...generation, ...family })))

const look_up = { name: 'look_up', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }
const tell_time = { ...look_up, name: 'tell_time' }
const textOf = (message: Anthropic.Message) =>
  message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')

describe.each(cases)('@anthropic-ai/sdk $generation against $family', ({ make, model }) => {
  const say = (content: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) =>
    make(customer.key).messages.create({ model, max_tokens: 1000, messages: [{ role: 'user', content }], ...more })

  it('asks', async () => {
    const message = await say('Why is the sky blue?', { system: 'Be kind.' })
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(textOf(message)).toContain('Why is the sky blue?')
    const served = await customer.lastCall()
    expect(message.usage).toMatchObject({ input_tokens: served?.inputTokens, output_tokens: served?.outputTokens })
  })

  it('streams', async () => {
    const stream = make(customer.key).messages.stream({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hi [[sandbox: text="Grüße, 🙂!"]]' }],
    })
    expect(await stream.finalText()).toBe('Grüße, 🙂!')
    const served = await customer.lastCall()
    expect((await stream.finalMessage()).usage).toMatchObject({
      input_tokens: served?.inputTokens,
      output_tokens: served?.outputTokens,
    })
  })

  it.each([false, true])('goes round with tools, streamed: %s', async (isStream) => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Use look_up and tell_time' }]
    const ask = { model, max_tokens: 500, tools: [look_up, tell_time], messages }
    const first = isStream
      ? await make(customer.key).messages.stream(ask).finalMessage()
      : await make(customer.key).messages.create(ask)
    expect(first.stop_reason).toBe('tool_use')
    const calls = first.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []))
    expect(calls.map(({ name, input }) => [name, input])).toEqual([
      ['look_up', { city: 'example' }],
      ['tell_time', { city: 'example' }],
    ])
    const content = calls.map(({ id, name }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `${name} says 21`,
    }))
    const second = await make(customer.key).messages.create({
      ...ask,
      messages: [...messages, { role: 'assistant', content: first.content }, { role: 'user', content }],
    })
    expect(textOf(second)).toContain('look_up says 21')
  })

  it.each([
    [{ type: 'any' as const, disable_parallel_tool_use: true }, ['look_up']],
    [{ type: 'tool' as const, name: 'tell_time' }, ['tell_time']],
    [{ type: 'none' as const }, []],
  ])('chooses tools: %j', async (tool_choice, names) => {
    const message = await say('Hi', { tools: [look_up, tell_time], tool_choice })
    expect(message.content.flatMap((block) => (block.type === 'tool_use' ? [block.name] : []))).toEqual(names)
  })

  it('stops at its limit', async () => {
    const message = await say('Go [[sandbox: tokens=50]]', { max_tokens: 5 })
    expect([message.stop_reason, message.usage.output_tokens]).toEqual(['max_tokens', 5])
  })

  it('shows a picture and a document, and counts them before', async () => {
    const data = Buffer.from('picture').toString('base64')
    const content: Anthropic.ContentBlockParam[] = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } },
    ]
    const messages = [{ role: 'user' as const, content }]
    const count = await make(customer.key).messages.countTokens({ model, messages })
    expect(count.input_tokens).toBeGreaterThan(0)
    const message = await make(customer.key).messages.create({ model, max_tokens: 100, messages })
    expect(textOf(message)).toContain('What is this?')
    expect(JSON.stringify((await customer.lastCall())?.body)).toContain(data)
  })

  it('is told what is wrong: key, credits, rate', async () => {
    const fail = (key: string, content = 'Hi') =>
      make(key)
        .messages.create({ model, max_tokens: 1000, messages: [{ role: 'user', content }] })
        .then(
          () => null,
          (error: unknown) => error,
        )
    expect(await fail('oc_sk_nobody')).toMatchObject({ status: 401, error: { error: { type: 'invalid_user_key' } } })
    const poor = await fail(customer.poorKey)
    expect(poor).toMatchObject({ status: 402, error: { error: { type: 'insufficient_credits' } } })
    expect(String(poor)).toContain('Insufficient credits: 0 left')
    expect((poor as { requestID?: string }).requestID ?? '').toMatch(/^req_/)
    expect(await fail(customer.key, 'Hi [[sandbox: status=429 retry-after=1]]')).toMatchObject({ status: 429 })
  })
})

describe.each(families)('@anthropic-ai/sdk against $family', ({ model }) => {
  it('runs tools by itself, though threads are not kept here', async () => {
    const anthropic = new Anthropic({ baseURL: customer.url, apiKey: customer.key, maxRetries: 0 })
    const calls: string[] = []
    const run = betaZodTool({
      name: 'look_up',
      description: 'Looks a city up',
      inputSchema: z.object({ city: z.string() }),
      run: ({ city }) => {
        calls.push(city)
        return `${city} is warm`
      },
    })
    const message = await anthropic.beta.messages.toolRunner({
      model,
      max_tokens: 500,
      tools: [run],
      messages: [{ role: 'user', content: 'Use look_up' }],
    })
    expect(JSON.stringify(message.content)).toContain('example is warm')
    expect(calls).toEqual(['example'])
  })

  it('lists models in its own shape', async () => {
    const anthropic = new Anthropic({ baseURL: customer.url, apiKey: customer.key })
    const page = await anthropic.models.list({ limit: 1000 })
    expect(page.data.find(({ id }) => id === model)).toMatchObject({ type: 'model', display_name: expect.any(String) })
    expect(await anthropic.models.retrieve(model)).toMatchObject({ id: model, type: 'model' })
  })
})

describe('@anthropic-ai/sdk and thinking', () => {
  it('thinks, signed, and its own signature comes back byte for byte', async () => {
    const anthropic = new Anthropic({ baseURL: customer.url, apiKey: customer.key })
    const ask = {
      model: 'claude-sonnet-4-5',
      max_tokens: 4000,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
    }
    const first = await anthropic.messages.create({ ...ask, messages: [{ role: 'user', content: 'Think' }] })
    expect(first.content[0]).toMatchObject({ type: 'thinking', signature: expect.any(String) })
    const second = await anthropic.messages.create({
      ...ask,
      messages: [
        { role: 'user', content: 'Think' },
        { role: 'assistant', content: first.content },
        { role: 'user', content: 'Go on' },
      ],
    })
    expect(second.stop_reason).toBe('end_turn')
  })

  it('gets what fits a schema from a model that has it, and of another family', async () => {
    const anthropic = new Anthropic({ baseURL: customer.url, apiKey: customer.key })
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    }
    for (const model of ['claude-sonnet-4-5', 'gpt-4o']) {
      const message = await anthropic.messages.create({
        model,
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Is it?' }],
        output_config: { format: { type: 'json_schema', schema } },
      })
      expect(JSON.parse(textOf(message))).toEqual({ ok: true })
    }
  })

  it('works with a base URL that has /v1 in it', async () => {
    const anthropic = new Anthropic({ baseURL: `${customer.url}/v1`, apiKey: customer.key })
    const { response } = await anthropic.messages
      .create({ model: 'claude-sonnet-4', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] })
      .withResponse()
    expect(response.headers.get('opencredits-hint')).toBe(`use the base URL ${customer.stack.url}`)
  })
})
