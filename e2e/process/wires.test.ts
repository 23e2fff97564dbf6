import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { balanceOf, call, direct, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

describe('wires', () => {
  it('the openai package works unchanged: whole, streamed, with tools', async () => {
    const openai = new OpenAI({ baseURL: `${direct(caller.stack)}/v1`, apiKey: caller.key })
    const whole = await openai.chat.completions.create({
      model: 'openai/gpt-4o',
      messages: [{ role: 'user', content: 'Hello [[sandbox: text="Hi there."]]' }],
    })
    expect(whole.choices[0]?.message.content).toBe('Hi there.')
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      messages: [{ role: 'user', content: 'Hello [[sandbox: text="Grüße, 🙂!"]]' }],
    })
    let text = ''
    let usageChunks = 0
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      if (chunk.usage) usageChunks += 1
    }
    expect([text, usageChunks]).toEqual(['Grüße, 🙂!', 0])
    const asked = await openai.chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Hello' }],
    })
    let usage: OpenAI.CompletionUsage | null = null
    for await (const chunk of asked) usage = chunk.usage ?? usage
    expect(usage?.completion_tokens).toBeGreaterThan(0)
    const tools = await openai.chat.completions.create({
      model: 'gpt-4o',
      tool_choice: 'required',
      tools: [
        {
          type: 'function',
          function: { name: 'look_up', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
        },
      ],
      messages: [{ role: 'user', content: 'Weather?' }],
    })
    expect(tools.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'look_up', arguments: '{"city":"example"}' },
    })
    const listed = await openai.models.list()
    expect(listed.data.map(({ id }) => id)).toContain('openai/gpt-4o')
    expect((await openai.models.retrieve('anthropic/claude-sonnet-4-20250514')).owned_by).toBe('anthropic')
    await expect(
      openai.chat.completions.create({ model: 'gpt-nothing', messages: [{ role: 'user', content: 'Hi' }] }),
    ).rejects.toMatchObject({ status: 404, type: 'model_not_found' })
  })

  it('the Anthropic package works unchanged: whole, streamed, with tools', async () => {
    const anthropic = new Anthropic({ baseURL: direct(caller.stack), apiKey: caller.key })
    const ask = {
      model: 'anthropic/claude-sonnet-4-20250514',
      max_tokens: 500,
      messages: [{ role: 'user' as const, content: 'Hello [[sandbox: text="Hi there."]]' }],
    }
    const whole = await anthropic.messages.create(ask)
    expect(whole.content).toMatchObject([{ type: 'text', text: 'Hi there.' }])
    const final = await anthropic.messages.stream(ask).finalMessage()
    expect(final).toMatchObject({ content: [{ text: 'Hi there.' }], stop_reason: 'end_turn' })
    expect(final.usage.output_tokens).toBe(3)
    const tools = await anthropic.messages.create({
      ...ask,
      tool_choice: { type: 'any' },
      tools: [{ name: 'look_up', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
    })
    expect(tools.content[0]).toMatchObject({ type: 'tool_use', name: 'look_up', input: { city: 'example' } })
    const models = await anthropic.models.list()
    expect(models.data[0]).toMatchObject({ type: 'model', display_name: expect.any(String) })
    await expect(anthropic.messages.create({ ...ask, model: 'claude-nothing' })).rejects.toMatchObject({ status: 404 })
  })

  it('our keys never go out; the provider’s own headers go along byte for byte', async () => {
    await call(caller.stack, 'POST', '/v1/messages', {
      headers: {
        authorization: `Bearer ${caller.key}`,
        'anthropic-beta': 'claude-code-20250219,effort-2025-11-24',
        'anthropic-version': '2026-10-21',
        'x-other': `secret ${caller.key}`,
        cookie: 'a=b',
      },
      body: {
        model: 'claude-sonnet-4',
        max_tokens: 10,
        messages: [{ role: 'user', content: 'Hi' }],
        output_config: { effort: 'low' },
      },
    })
    const seen = await caller.lastCall()
    expect(JSON.stringify(seen)).not.toContain(caller.key)
    expect(seen?.headers).toMatchObject({
      'anthropic-beta': 'claude-code-20250219,effort-2025-11-24',
      'anthropic-version': '2026-10-21',
      'x-api-key': caller.stack.sandbox.providers.apiKey,
    })
    expect(seen?.headers).not.toHaveProperty('cookie')
    expect(seen?.headers).not.toHaveProperty('authorization')
    expect(seen?.body).toMatchObject({ model: 'claude-sonnet-4-20250514', output_config: { effort: 'low' } })
  })

  it('a wrong base URL is answered as if it were right, with a hint', async () => {
    const answer = await call(caller.stack, 'POST', '/v1/v1/messages', {
      key: caller.key,
      body: { model: 'claude-sonnet-4', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('opencredits-hint')).toBe(`use the base URL ${caller.stack.url}`)
  })

  const refused: readonly (readonly [string, string, Record<string, unknown>, number, string])[] = [
    ['an embedding model', '/v1/messages', { model: 'text-embedding-3-small', max_tokens: 5 }, 400, 'model'],
    [
      'a thread',
      '/v1/messages',
      { model: 'claude-sonnet-4', max_tokens: 5, thread: { type: 'create' } },
      400,
      'thread',
    ],
    [
      'a container',
      '/v1/messages',
      { model: 'claude-sonnet-4', max_tokens: 5, container: 'container_1' },
      400,
      'container',
    ],
    [
      'a faster speed at another price',
      '/v1/messages',
      { model: 'claude-sonnet-4', max_tokens: 5, speed: 'fast' },
      400,
      'speed',
    ],
    [
      'a service tier at another price',
      '/v1/chat/completions',
      { model: 'gpt-4o', service_tier: 'priority' },
      400,
      'service_tier',
    ],
    [
      'a document at an address that is not public',
      '/v1/messages',
      {
        ...{ model: 'gpt-4o', max_tokens: 5 },
        messages: [
          { role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'http://127.0.0.1:1/a.pdf' } }] },
        ],
      },
      400,
      'messages',
    ],
    [
      'a file of the operator’s account',
      '/v1/responses',
      { model: 'gpt-4o', input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }] },
      404,
      'input',
    ],
    [
      'a response that is kept',
      '/v1/responses',
      { model: 'gpt-4o', input: 'Hi', previous_response_id: 'resp_1' },
      400,
      'previous_response_id',
    ],
    [
      'a thread, for a model of another family',
      '/v1/messages',
      { model: 'gpt-4o', max_tokens: 5, thread: { type: 'create' } },
      400,
      'thread',
    ],
    ['a model that is unknown', '/v1/chat/completions', { model: 'gpt-4o-turbo-max' }, 404, 'model'],
  ]
  it.each(refused)('%s is refused by name', async (_label, path, body, status, field) => {
    const before = (await caller.calls()).length
    const answer = await call(caller.stack, 'POST', path, {
      key: caller.key,
      body: { ...(path === '/v1/responses' ? {} : { messages: [{ role: 'user', content: 'Hi' }] }), ...body },
    })
    expect(answer.status).toBe(status)
    expect((answer.body.error as { message: string }).message).toMatch(new RegExp(`^${field}`))
    expect((await caller.calls()).length).toBe(before)
  })

  it('who pays is never guessed', async () => {
    const before = await balanceOf(caller.stack, caller.key)
    const body = { model: 'claude-sonnet-4', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
    for (const headers of [
      { 'x-user-key': caller.key, authorization: 'Bearer sk-ant-oat01-abc' },
      { 'x-opencredits-key': caller.key, 'x-user-key': caller.key },
    ]) {
      expect((await call(caller.stack, 'POST', '/v1/messages', { headers, body })).status).toBe(400)
    }
    expect(await balanceOf(caller.stack, caller.key)).toEqual(before)
  })
})
