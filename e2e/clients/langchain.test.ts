import { ChatAnthropic } from '@langchain/anthropic'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { families, greeting, refusals, report, weather } from './asks.ts'
import { collect } from './collect.ts'
import { useCustomer } from './customer.ts'
import { keyFor } from './key-for.ts'

const customer = useCustomer()

const ways: Readonly<Record<string, (model: string, apiKey: string) => BaseChatModel>> = {
  'over OpenAI’s chat': (model, apiKey) =>
    new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: customer.baseUrl } }),
  'over OpenAI’s responses': (model, apiKey) =>
    new ChatOpenAI({
      model,
      apiKey,
      maxRetries: 0,
      useResponsesApi: true,
      configuration: { baseURL: customer.baseUrl },
    }),
  'over Anthropic’s messages': (model, apiKey) =>
    new ChatAnthropic({ model, apiKey, maxRetries: 0, maxTokens: 1000, anthropicApiUrl: customer.origin }),
}

const isPositive = expect.toSatisfy((count: number) => count > 0)
const someTokens = { input_tokens: isPositive, output_tokens: isPositive }

const table = Object.entries(ways).flatMap(([way, modelBy]) => families.map((family) => ({ way, modelBy, ...family })))

describe.each(table)('LangChain $way, a model of $family', ({ modelBy, model: id }) => {
  const model = (key = customer.key) => modelBy(id, key)

  it('answers', async () => {
    const answer = await model().invoke(greeting.prompt)
    expect(answer.text).toBe(greeting.answer)
    expect(answer.usage_metadata).toMatchObject(someTokens)
  })

  it('streams', async () => {
    const chunks = await collect(await model().stream(greeting.prompt))
    const [first, ...rest] = chunks
    const whole = rest.reduce((sum, chunk) => sum?.concat(chunk), first)
    expect(whole?.text).toBe(greeting.answer)
    expect(chunks.filter(({ text }) => text !== '').length).toBeGreaterThan(1)
    expect(whole?.usage_metadata).toMatchObject(someTokens)
  })

  it('calls a tool, takes its result, and answers', async () => {
    const { tool: name, description } = weather
    const bound = model().bindTools?.([{ name, description, schema: z.object({ city: z.string() }) }])
    if (bound === undefined) throw new Error('it takes no tools')
    const question = new HumanMessage(weather.prompt)
    const asked = await bound.invoke([question])
    expect(asked.tool_calls).toMatchObject([{ name, args: weather.input }])
    const result = new ToolMessage({ content: weather.result, tool_call_id: asked.tool_calls?.[0]?.id ?? '' })
    const answer = await bound.invoke([question, asked, result])
    expect(answer.text).toContain(weather.result)
  })

  it('fits its answer to a schema', async () => {
    const answer = await model().withStructuredOutput(report.zod).invoke(report.prompt)
    expect(answer).toEqual(report.answer)
  })

  it.each(refusals)('says what is wrong: $refusal is a $status', async (refusal) => {
    const refused = model(await keyFor(customer, refusal))
    const expected = { status: refusal.status, message: expect.stringMatching(refusal.message) }
    await expect(refused.invoke('Hi')).rejects.toMatchObject(expected)
    await expect(refused.stream('Hi')).rejects.toMatchObject(expected)
  })
})
