import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { generateObject, generateText, type LanguageModel, stepCountIs, streamText, tool } from 'ai'
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

type Connect = (apiKey: string, model: string) => LanguageModel

/** The providers of the Vercel AI SDK. OpenAI's speaks the Responses API unless it is told to chat. */
const providers: readonly { readonly provider: string; readonly connect: Connect }[] = [
  {
    provider: '@ai-sdk/openai',
    connect: (apiKey, model) => createOpenAI({ baseURL: customer.openaiBaseUrl, apiKey })(model),
  },
  {
    provider: '@ai-sdk/openai .chat()',
    connect: (apiKey, model) => createOpenAI({ baseURL: customer.openaiBaseUrl, apiKey }).chat(model),
  },
  {
    provider: '@ai-sdk/anthropic',
    connect: (apiKey, model) => createAnthropic({ baseURL: customer.openaiBaseUrl, apiKey })(model),
  },
  {
    provider: '@ai-sdk/anthropic without /v1',
    connect: (apiKey, model) => createAnthropic({ baseURL: customer.url, apiKey })(model),
  },
]
const cases = providers.flatMap((provider) => families.map((family) => ({ ...provider, ...family })))

describe.each(cases)('$provider against $family', ({ connect, model }) => {
  it('generates text', async () => {
    const { text, usage, finishReason } = await generateText({
      model: connect(customer.key, model),
      system: 'Be kind.',
      prompt: 'Why is the sky blue?',
      maxOutputTokens: 500,
    })
    expect(text).toContain('Why is the sky blue?')
    expect(finishReason).toBe('stop')
    expect(usage.outputTokens).toBe((await customer.lastCall())?.outputTokens)
  })

  it('streams text', async () => {
    const result = streamText({
      model: connect(customer.key, model),
      prompt: 'Hi [[sandbox: text="Grüße, 🙂!"]]',
      maxOutputTokens: 500,
    })
    expect(await result.text).toBe('Grüße, 🙂!')
    expect((await result.usage).outputTokens).toBe((await customer.lastCall())?.outputTokens)
  })

  it('goes round with tools, streamed', async () => {
    const cities: string[] = []
    const look_up = tool({
      description: 'Looks a city up',
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        cities.push(city)
        return `${city} is warm`
      },
    })
    const result = streamText({
      model: connect(customer.key, model),
      prompt: 'Use look_up',
      tools: { look_up },
      stopWhen: stepCountIs(3),
      maxOutputTokens: 500,
    })
    expect(await result.text).toContain('example is warm')
    expect(cities).toEqual(['example'])
  })

  it('generates an object', async () => {
    const { object } = await generateObject({
      model: connect(customer.key, model),
      schema: z.object({ city: z.string(), degrees: z.number() }),
      prompt: 'How warm is it?',
      maxOutputTokens: 500,
    })
    expect(object.city).toEqual(expect.any(String))
  })

  it.each([
    ['a wrong key', () => 'oc_sk_nobody', 'Hi', 401, /mistyped/],
    ['too few credits', () => customer.poorKey, 'Hi', 402, /Insufficient credits: 0 left/],
    ['a provider that is busy', () => customer.key, 'Hi [[sandbox: status=429 retry-after=1]]', 429, /try again later/],
  ])('is told of %s', async (_label, key, prompt, statusCode, message) => {
    const failure = await generateText({
      model: connect(key(), model),
      prompt,
      maxOutputTokens: 500,
      maxRetries: 0,
    }).then(
      () => null,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ statusCode, message: expect.stringMatching(message) })
  })
})
