import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { APICallError, generateText, isStepCount, Output, streamText, tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { families, greeting, refusals, report, weather } from './asks.ts'
import { collect } from './collect.ts'
import { useCustomer } from './customer.ts'
import { keyFor } from './key-for.ts'

const customer = useCustomer()

/** The AI SDK's ways to us: its default for OpenAI is the Responses API. */
const ways = {
  'over OpenAI’s default': (model: string, apiKey: string) =>
    createOpenAI({ baseURL: customer.baseUrl, apiKey })(model),
  'over OpenAI’s chat': (model: string, apiKey: string) =>
    createOpenAI({ baseURL: customer.baseUrl, apiKey }).chat(model),
  'over Anthropic’s messages': (model: string, apiKey: string) =>
    createAnthropic({ baseURL: customer.baseUrl, apiKey })(model),
  'over Anthropic’s messages with a token': (model: string, authToken: string) =>
    createAnthropic({ baseURL: customer.baseUrl, authToken })(model),
  'over Anthropic’s messages without /v1': (model: string, apiKey: string) =>
    createAnthropic({ baseURL: customer.origin, apiKey })(model),
} as const

const table = Object.entries(ways).flatMap(([way, modelBy]) => families.map((family) => ({ way, modelBy, ...family })))

describe.each(table)('the AI SDK $way, a model of $family', ({ modelBy, model: id }) => {
  const model = (key = customer.key) => modelBy(id, key)

  it('answers', async () => {
    const answer = await generateText({ model: model(), prompt: greeting.prompt })
    expect(answer).toMatchObject({ text: greeting.answer, finishReason: 'stop' })
    expect(answer.usage.outputTokens).toBeGreaterThan(0)
  })

  it('streams', async () => {
    const stream = streamText({ model: model(), prompt: greeting.prompt })
    const deltas = await collect(stream.textStream)
    expect(deltas.join('')).toBe(greeting.answer)
    expect(deltas.length).toBeGreaterThan(1)
    expect(await stream.finishReason).toBe('stop')
    expect((await stream.usage).outputTokens).toBeGreaterThan(0)
  })

  it.each(['generateText', 'streamText'] as const)('runs tools until there is an answer: %s', async (how) => {
    const inputs: unknown[] = []
    const ask = {
      model: model(),
      prompt: weather.prompt,
      stopWhen: isStepCount(3),
      tools: {
        [weather.tool]: tool({
          description: weather.description,
          inputSchema: z.object({ city: z.string() }),
          execute: (input) => {
            inputs.push(input)
            return weather.result
          },
        }),
      },
    }
    const answer = how === 'generateText' ? await generateText(ask) : streamText(ask)
    expect(await answer.text).toContain(weather.result)
    expect(await answer.steps).toHaveLength(2)
    expect(inputs).toEqual([weather.input])
  })

  it('fits its answer to a schema', async () => {
    const answer = await generateText({
      model: model(),
      prompt: report.prompt,
      output: Output.object({ schema: report.zod }),
    })
    expect(answer.output).toEqual(report.answer)
  })

  it.each(refusals)('says what is wrong: $refusal is a $status', async (refusal) => {
    const ask = { model: model(await keyFor(customer, refusal)), prompt: 'Hi', maxRetries: 0 }
    const expected = { statusCode: refusal.status, message: expect.stringMatching(refusal.message) }
    const refused = await generateText(ask).catch((error: unknown) => error)
    expect(APICallError.isInstance(refused)).toBe(true)
    expect(refused).toMatchObject(expected)
    const errors: unknown[] = []
    await streamText({ ...ask, onError: ({ error }) => void errors.push(error) }).consumeStream()
    expect(errors).toMatchObject([expected])
  })
})
