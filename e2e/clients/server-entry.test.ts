import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { ChatAnthropic } from '@langchain/anthropic'
import { ChatOpenAI } from '@langchain/openai'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  createClient,
  InsufficientCreditsError,
  type OpenCreditsClient,
  toOpenCreditsError,
} from '../../packages/sdk/src/server/index.ts'
import { useCustomer } from './customer.ts'

/** `@opencredits/sdk/server` against a real server, beside the clients that partners' backends use. */
const customer = useCustomer()
/** Has 2.5 credits, and asks for an answer that costs more. */
let poorKey = ''
const model = 'anthropic/claude-opus-4.1'
const content = 'Hi'
const messages = [{ role: 'user' as const, content }]
const clientOf = (userKey: string): OpenCreditsClient => createClient({ baseUrl: customer.origin, userKey })

beforeAll(() => {
  const granted = customer.stack.cli(
    ...['credits', 'grant', '--user', 'poor@example.com', '--credits', '2.5'],
    ...['--partner', customer.stack.createPartner().id, '--json'],
  )
  poorKey = JSON.parse(granted).user_key
})

describe('createClient', () => {
  it('reads the balance, calls a model, and looks the call up', async () => {
    const client = clientOf(customer.key)
    const before = await client.balance()
    const response = await client.fetch('/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'openai/gpt-4o', messages }),
    })
    const { charge, billed_to, model: used } = await client.request(String(response.headers.get('request-id')))
    expect({ billed_to, used }).toEqual({ billed_to: 'credits', used: 'openai/gpt-4o' })
    expect(charge).toBeGreaterThan(0)
    expect(await client.balance()).toBeCloseTo(before - Number(charge), 6)
  })

  it.each([
    ['/v1/chat/completions', { messages }],
    ['/v1/messages', { messages, max_tokens: 2000 }],
    ['/v1/responses', { input: content }],
  ])('throws what is too little at %s', async (path, asked) => {
    const body = JSON.stringify({ model, ...asked })
    const error = await clientOf(poorKey)
      .fetch(path, { method: 'POST', body })
      .then(() => null, toOpenCreditsError)
    expect(error).toBeInstanceOf(InsufficientCreditsError)
    expect(error).toMatchObject({ status: 402, available: 2.5, requestId: expect.stringMatching(/^req_/) })
    expect(error?.toJSON().error.needed).toBeGreaterThan(2.5)
  })

  it('tells a revoked key from an empty wallet', async () => {
    await expect(clientOf(customer.revokedKey).balance()).rejects.toMatchObject({
      code: 'invalid_user_key',
      status: 401,
    })
    const call = clientOf(customer.brokeKey).fetch('/v1/messages', { method: 'POST', body: '{}' })
    await expect(call).rejects.toMatchObject({ name: 'InsufficientCreditsError', needed: undefined, available: 0 })
  })
})

/** Each gets the addresses from `createClient`, as the docs say. */
const clients: Readonly<Record<string, (apiKey: string, base: OpenCreditsClient) => Promise<unknown>>> = {
  'openai, chat': (apiKey, { openaiBaseUrl: baseURL }) =>
    new OpenAI({ baseURL, apiKey }).chat.completions.create({ model, messages }),
  'openai, responses': (apiKey, { openaiBaseUrl: baseURL }) =>
    new OpenAI({ baseURL, apiKey }).responses.create({ model, input: content }),
  'openai, a stream': (apiKey, { openaiBaseUrl: baseURL }) =>
    new OpenAI({ baseURL, apiKey }).chat.completions.create({ model, messages, stream: true }),
  '@anthropic-ai/sdk': (apiKey, { anthropicBaseUrl: baseURL }) =>
    new Anthropic({ baseURL, apiKey }).messages.create({ model, max_tokens: 2000, messages }),
  '@anthropic-ai/sdk, a stream': (apiKey, { anthropicBaseUrl: baseURL }) =>
    new Anthropic({ baseURL, apiKey }).messages.stream({ model, max_tokens: 2000, messages }).finalMessage(),
  'the AI SDK, OpenAI': (apiKey, { openaiBaseUrl: baseURL }) =>
    generateText({ model: createOpenAI({ baseURL, apiKey })(model), prompt: content }),
  'the AI SDK, Anthropic': (apiKey, { anthropicBaseUrl: baseURL }) =>
    generateText({ model: createAnthropic({ baseURL, apiKey })(model), prompt: content }),
  'LangChain, OpenAI': (apiKey, { openaiBaseUrl: baseURL }) =>
    new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL } }).invoke(content),
  'LangChain, Anthropic': (apiKey, { anthropicBaseUrl: anthropicApiUrl }) =>
    new ChatAnthropic({ model, apiKey, maxRetries: 0, maxTokens: 2000, anthropicApiUrl }).invoke(content),
}

describe('toOpenCreditsError', () => {
  it.each(Object.entries(clients))('reads what %s throws', async (_name, callBy) => {
    const thrown = await callBy(poorKey, clientOf(poorKey)).catch((error: unknown) => error)
    const error = toOpenCreditsError(thrown)
    expect(error).toBeInstanceOf(InsufficientCreditsError)
    const requestId = expect.stringMatching(/^req_/)
    expect(error).toMatchObject({ status: 402, available: 2.5, requestId, cause: thrown })
    expect(error?.toJSON().error.needed).toBeGreaterThan(2.5)
    const refused = await callBy(customer.revokedKey, clientOf(poorKey)).catch(toOpenCreditsError)
    expect(refused).toMatchObject({ name: 'OpenCreditsError', code: 'invalid_user_key', status: 401 })
  })
})
