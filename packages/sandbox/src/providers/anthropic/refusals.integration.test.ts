import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../index.ts'

let sandbox: Sandbox
let anthropic: Anthropic

beforeAll(async () => {
  sandbox = await startSandbox()
  anthropic = clientWith(sandbox.providers.apiKey)
})

beforeEach(() => sandbox.providers.control.clear())
afterAll(() => sandbox.close())

function clientWith(apiKey: string): Anthropic {
  return new Anthropic({ baseURL: sandbox.providers.anthropicBaseUrl, apiKey, maxRetries: 0 })
}

const model = 'claude-sonnet-4-20250514'
const look_up = { name: 'look_up', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }
const say = (content: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) =>
  anthropic.messages.create({ model, max_tokens: 500, messages: [{ role: 'user', content }], ...more })
const lastCall = async () => (await sandbox.providers.control.calls()).at(-1)

describe('messages', () => {
  it.each<[string, Record<string, unknown>, number, string]>([
    ['no model', { model: undefined }, 400, 'model: Field required'],
    ['no max_tokens', { max_tokens: undefined }, 400, 'max_tokens: Field required'],
    ['max_tokens of 0', { max_tokens: 0 }, 400, 'max_tokens: Input should be greater than or equal to 1'],
    ['max_tokens in words', { max_tokens: 'ten' }, 400, 'max_tokens: Input should be a valid integer'],
    ['no messages', { messages: undefined }, 400, 'messages: Field required'],
    ['empty messages', { messages: [] }, 400, 'messages: at least one message is required'],
    ['a message that is none', { messages: ['Hi'] }, 400, 'messages.0: Input should be a valid dictionary'],
    [
      'an unknown role',
      { messages: [{ role: 'tool', content: 'x' }] },
      400,
      "messages.0.role: Input should be 'user' or 'assistant'",
    ],
    ['no content', { messages: [{ role: 'user' }] }, 400, 'messages.0.content: Field required'],
    [
      'empty text',
      { messages: [{ role: 'user', content: '' }] },
      400,
      'messages: text content blocks must be non-empty',
    ],
    [
      'a result of no call',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] }] },
      400,
      'unexpected `tool_use_id`',
    ],
    ['a wrong temperature', { temperature: 1.5 }, 400, 'temperature: range: 0..1'],
    ['a blank stop', { stop_sequences: [' '] }, 400, 'non-whitespace'],
    [
      'a small thinking budget',
      { thinking: { type: 'enabled', budget_tokens: 1000 } },
      400,
      'greater than or equal to 1024',
    ],
    [
      'a budget over the limit',
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      400,
      '`max_tokens` must be greater',
    ],
    ['a forced tool that is not there', { tool_choice: { type: 'tool', name: 'x' } }, 400, "Tool 'x' not found"],
    ['two tools of one name', { tools: [look_up, look_up] }, 400, 'unique'],
    ['a tool without schema', { tools: [{ name: 'x' }] }, 400, 'tools.0.custom.input_schema: Field required'],
    ['another provider’s model', { model: 'gpt-4o' }, 404, 'model: gpt-4o'],
    ['a thread', { thread: { type: 'create' } }, 400, 'threads are not supported'],
  ])('refuse %s', async (_label, change, status, message) => {
    const params = { model, max_tokens: 500, messages: [{ role: 'user', content: 'Hi' }], ...change }
    const response = await fetch(`${sandbox.providers.anthropicBaseUrl}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': sandbox.providers.apiKey,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      body: JSON.stringify(params),
    })
    const body: unknown = await response.json()
    expect(body).toMatchObject({
      type: 'error',
      error: {
        type: status === 404 ? 'not_found_error' : 'invalid_request_error',
        message: expect.stringContaining(message),
      },
      request_id: expect.any(String),
    })
    expect(response.status).toBe(status)
  })

  it('refuse five cache marks, and a long life after a short one', async () => {
    const marked = (ttl: '5m' | '1h') => ({
      type: 'text' as const,
      text: 'x',
      cache_control: { type: 'ephemeral' as const, ttl },
    })
    await expect(say('Hi', { system: Array.from({ length: 5 }, () => marked('5m')) })).rejects.toThrow(
      'A maximum of 4 blocks',
    )
    await expect(say('Hi', { system: [marked('5m'), marked('1h')] })).rejects.toThrow('must not come after')
  })
})

describe('keys and headers', () => {
  it('take the sandbox’s keys and those of users, by either header, and no others', async () => {
    const params = { model, max_tokens: 5, messages: [{ role: 'user' as const, content: 'Hi' }] }
    for (const key of ['sandbox-user-ada', `${sandbox.providers.apiKey}-b`])
      await clientWith(key).messages.create(params)
    await expect(clientWith('sk-ant-wrong').messages.create(params)).rejects.toMatchObject({
      status: 401,
      error: { type: 'error', error: { type: 'authentication_error' } },
    })
    const response = await fetch(`${sandbox.providers.anthropicBaseUrl}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'sandbox-user-bob', 'anthropic-beta': 'a-1,b-2' },
      body: JSON.stringify(params),
    })
    expect(response.status).toBe(400)
    expect(await lastCall()).toMatchObject({
      apiKey: 'sandbox-user-bob',
      headers: { 'anthropic-beta': 'a-1,b-2' },
      body: params,
    })
  })

  it('lists models', async () => {
    const page = await anthropic.models.list()
    expect(page.data.map(({ id }) => id)).toContain('claude-sonnet-4-20250514')
    expect(await anthropic.models.retrieve('claude-opus-5-5')).toMatchObject({ type: 'model' })
    await expect(anthropic.models.retrieve('claude-none')).rejects.toMatchObject({ status: 404 })
  })
})
