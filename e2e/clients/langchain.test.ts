import { ChatAnthropic } from '@langchain/anthropic'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
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

type Connect = (apiKey: string, model: string) => ChatOpenAI | ChatAnthropic

const classes: readonly { readonly name: string; readonly connect: Connect }[] = [
  {
    name: 'ChatOpenAI',
    connect: (apiKey, model) =>
      new ChatOpenAI({
        model,
        apiKey,
        maxRetries: 0,
        maxTokens: 500,
        configuration: { baseURL: customer.openaiBaseUrl },
      }),
  },
  {
    name: 'ChatOpenAI with responses',
    connect: (apiKey, model) =>
      new ChatOpenAI({
        ...{ model, apiKey, maxRetries: 0, maxTokens: 500, useResponsesApi: true },
        configuration: { baseURL: customer.openaiBaseUrl },
      }),
  },
  {
    name: 'ChatAnthropic',
    connect: (apiKey, model) =>
      new ChatAnthropic({ model, apiKey, maxRetries: 0, maxTokens: 500, anthropicApiUrl: customer.url }),
  },
]
const cases = classes.flatMap((one) => families.map((family) => ({ ...one, ...family })))

describe.each(cases)('LangChain’s $name against $family', ({ connect, model }) => {
  it('invokes', async () => {
    const message = await connect(customer.key, model).invoke('Why is the sky blue?')
    expect(message.text).toContain('Why is the sky blue?')
    expect(outputTokensOf(message)).toBe((await customer.lastCall())?.outputTokens)
  })

  it('streams, and knows what it used', async () => {
    let whole: AIMessageChunk | null = null
    for await (const chunk of await connect(customer.key, model).stream('Hi [[sandbox: text="Grüße, 🙂!"]]'))
      whole = whole === null ? (chunk as AIMessageChunk) : whole.concat(chunk as AIMessageChunk)
    expect(whole).toBeInstanceOf(AIMessageChunk)
    expect(whole?.text).toBe('Grüße, 🙂!')
    // LangChain adds what Anthropic's `message_start` tells to what `message_delta` tells in the end.
    const served = (await customer.lastCall())?.outputTokens ?? 0
    expect([served, served + 1]).toContain(outputTokensOf(whole))
  })

  it('goes round with tools', async () => {
    const look_up = tool(async ({ city }: { city: string }) => `${city} is warm`, {
      name: 'look_up',
      description: 'Looks a city up',
      schema: z.object({ city: z.string() }),
    })
    const withTools = (connect(customer.key, model) as BaseChatModel).bindTools?.([look_up])
    if (withTools === undefined) throw new Error('no tools')
    const question = new HumanMessage('Use look_up')
    const first = await withTools.invoke([question])
    const [call] = first.tool_calls ?? []
    expect(call).toMatchObject({ name: 'look_up', args: { city: 'example' } })
    const result = new ToolMessage({ content: 'example is warm', tool_call_id: call?.id ?? '' })
    const second = await withTools.invoke([question, first, result])
    expect(second.text).toContain('example is warm')
  })

  it('gets what fits a schema', async () => {
    const shaped = (connect(customer.key, model) as BaseChatModel).withStructuredOutput(
      z.object({ city: z.string(), degrees: z.number() }),
    )
    expect(await shaped.invoke('How warm is it?')).toMatchObject({ city: expect.any(String) })
  })

  it.each([
    ['a wrong key', () => 'oc_sk_nobody', 'Hi', /mistyped/],
    ['too few credits', () => customer.poorKey, 'Hi', /Insufficient credits: 0 left/],
    ['a provider that is busy', () => customer.key, 'Hi [[sandbox: status=429 retry-after=1]]', /try again later/],
  ])('is told of %s', async (_label, key, prompt, message) => {
    await expect(connect(key(), model).invoke(prompt)).rejects.toThrow(message)
  })
})

function outputTokensOf(message: unknown): number | undefined {
  return (message as { usage_metadata?: { output_tokens?: number } }).usage_metadata?.output_tokens
}
