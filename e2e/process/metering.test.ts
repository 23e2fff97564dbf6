import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PartnerKeys, type Stack, startStack } from '../stack.ts'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'

let stack: Stack
let partner: PartnerKeys
let key: string

beforeAll(async () => {
  stack = await startStack({ OPENAI_API_KEY: 'sandbox-provider-key-a,sandbox-provider-key-b' })
  partner = stack.createPartner()
  key = (await buyCredits(stack, partner, 1000)).userKey
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await stack.close()
})

const chat = (content: string, more: Record<string, unknown> = {}, userKey = key) =>
  call(stack, 'POST', '/v1/chat/completions', {
    key: userKey,
    body: { model: 'gpt-4o', messages: [{ role: 'user', content }], ...more },
  })
const message = (content: string, more: Record<string, unknown> = {}, userKey = key) =>
  call(stack, 'POST', '/v1/messages', {
    key: userKey,
    body: { model: 'claude-sonnet-4', max_tokens: 1000, messages: [{ role: 'user', content }], ...more },
  })
const record = async (id: unknown, userKey = key) =>
  (await call(stack, 'GET', `/v1/credits/requests/${id}`, { key: userKey })).body
const calls = () => stack.sandbox.providers.control.calls()
const lastCall = async () => (await calls()).at(-1)

describe('prices', () => {
  it('charges the five buckets and the share exactly', async () => {
    const answer = await message(
      'Hi [[sandbox: usage-input=1000 usage-output=200 cache-read=10000 cache-write-5m=400 cache-write-1h=300]]',
    )
    // 1000×300 + 10000×30 + 400×375 + 300×600 + 200×1500 microcredits, and a tenth on top.
    const cost = (300_000 + 300_000 + 150_000 + 180_000 + 300_000) / 1_000_000
    expect(answer.headers.get('opencredits-charge')).toBe(String((cost * 11) / 10))
    expect(await record(answer.headers.get('request-id'))).toMatchObject({
      status: 'settled',
      ending: 'completed',
      estimated: false,
      billed_to: 'credits',
      tokens: { input: 1000, cache_read: 10_000, cache_write_5m: 400, cache_write_1h: 300, output: 200 },
      prices: { input: 300, cache_read: 30, cache_write_5m: 375, cache_write_1h: 600, output: 1500 },
      provider_cost: cost,
      referral_share: cost / 10,
    })
  })

  it('does not count OpenAI’s cached tokens twice', async () => {
    const answer = await chat('Hi [[sandbox: usage-input=1000 usage-output=100 cache-read=3000]]')
    expect((await record(answer.headers.get('request-id'))).tokens).toMatchObject({
      input: 1000,
      cache_read: 3000,
      output: 100,
    })
  })

  it('what a partner uses itself earns it no share', async () => {
    const own = JSON.parse(
      stack.cli(
        'credits',
        'grant',
        '--user',
        'partner@example.com',
        '--credits',
        '100',
        '--partner',
        partner.id,
        '--json',
      ),
    )
    await new Promise((wait) => setTimeout(wait, 1600))
    const answer = await chat('Hi', {}, own.user_key)
    expect(await record(answer.headers.get('request-id'), own.user_key)).toMatchObject({
      referral_share: 0,
      referral_rate: 0,
    })
  })

  it('a second of pricing: estimates include the commission', async () => {
    const { body } = await call(stack, 'POST', '/v1/credits/pricing', {
      body: {
        publishable_key: partner.publishable_key,
        models: ['openai/gpt-4o', 'nothing'],
        input_tokens: 1000,
        output_tokens: 500,
      },
    })
    expect(body).toEqual({
      token_assumption: { input: 1000, output: 500 },
      models: [{ id: 'openai/gpt-4o', name: 'GPT-4o', credits_per_request: 0.825 }],
    })
  })
})

describe('concurrency', () => {
  it('200 at once on a balance for 29: what was served is what was charged, the rest got 402, nothing is held', async () => {
    const one = await chat('Go [[sandbox: tokens=50 first-byte-delay=300]]', { max_tokens: 50 })
    const charge = Number(one.headers.get('opencredits-charge'))
    const hold = Number((await record(one.headers.get('request-id'))).held)
    const granted = JSON.parse(
      stack.cli(
        'credits',
        'grant',
        '--user',
        `crowd-${Date.now()}@example.com`,
        '--credits',
        String(Math.round(hold * 29 * 1e6) / 1e6),
        '--partner',
        partner.id,
        '--json',
      ),
    )
    await stack.sandbox.providers.control.clear()
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        chat('Go [[sandbox: tokens=50 first-byte-delay=300]]', { max_tokens: 50 }, granted.user_key),
      ),
    )
    const served = answers.filter(({ status }) => status === 200)
    expect(served.length + answers.filter(({ status }) => status === 402).length).toBe(200)
    expect(served.length).toBeGreaterThanOrEqual(29)
    expect((await calls()).length).toBe(served.length)
    const { balance, held } = await balanceOf(stack, granted.user_key)
    expect(held).toBe(0)
    expect(balance).toBeGreaterThanOrEqual(0)
    expect(Math.round((granted.balance - balance) * 1e6)).toBe(Math.round(charge * 1e6) * served.length)
  }, 60_000)

  it('a clamp is told, and what is too little is a 402 that says what to do', async () => {
    const small = JSON.parse(
      stack.cli(
        'credits',
        'grant',
        '--user',
        `small-${Date.now()}@example.com`,
        '--credits',
        '2.5',
        '--partner',
        partner.id,
        '--json',
      ),
    )
    const clamped = await message('Hi', { max_tokens: 64_000 }, small.user_key)
    const sent = Number(clamped.headers.get('opencredits-max-tokens'))
    expect(sent).toBeGreaterThanOrEqual(1024)
    expect(sent).toBeLessThan(2000)
    expect((await lastCall())?.body).toMatchObject({ max_tokens: sent })
    expect(await record(clamped.headers.get('request-id'), small.user_key)).toMatchObject({
      max_tokens: { requested: 64_000, sent },
    })
    const refused = await message('Hi', { model: 'claude-opus-4.1', max_tokens: 64_000 }, small.user_key)
    expect(refused).toMatchObject({
      status: 402,
      body: {
        type: 'error',
        error: { type: 'insufficient_credits', message: expect.stringMatching(/left, about .* needed\. Top up/) },
      },
    })
    expect(refused.headers.get('x-should-retry')).toBe('false')
  })
})

describe('endings', () => {
  const endings: readonly (readonly [string, string, number, Record<string, unknown>])[] = [
    [
      'a provider that fails',
      'status=500',
      502,
      { status: 'released', ending: 'upstream_error', charge: 0, error: 'upstream_error' },
    ],
    ['a provider that is overloaded', 'status=529', 502, { status: 'released', ending: 'upstream_error', charge: 0 }],
    ['a key that is not good any more', 'status=401', 502, { status: 'released', ending: 'upstream_error', charge: 0 }],
    [
      'a provider’s rate limit',
      'status=429 retry-after=7',
      429,
      { status: 'released', ending: 'upstream_error', charge: 0, error: 'rate_limited' },
    ],
    ['a refusal of the request', 'status=413', 413, { status: 'released', ending: 'upstream_rejected', charge: 0 }],
    ['usage that is zero', 'zero-usage', 200, { status: 'settled', ending: 'completed', charge: 0, estimated: false }],
  ]
  it.each(endings)('%s', async (_label, directive, status, expected) => {
    const answer = await chat(`Hi [[sandbox: ${directive}]]`)
    expect(answer.status).toBe(status)
    expect(await record(answer.headers.get('request-id'))).toMatchObject(expected)
    if (status === 429) expect(answer.headers.get('retry-after')).toBe('7')
    if (status === 413)
      expect(answer.body).toMatchObject({ error: { message: 'The stand-in answers 413 as it was told.' } })
  })

  it.each(['no-usage', 'usage-output=-5', 'usage-output=NaN', 'usage-output=1e12', 'usage-output=2.5'])(
    'usage that cannot be believed (%s) is counted here and marked',
    async (directive) => {
      for (const send of [chat, message]) {
        const answer = await send(`Hi [[sandbox: tokens=40 ${directive}]]`)
        const row = await record(answer.headers.get('request-id'))
        expect(row).toMatchObject({ status: 'settled', estimated: true, tokens: { output: 40 } })
      }
    },
  )

  it.each([
    ['cut', 'cut-after=10', 10],
    ['cut in the middle of an event', 'cut-mid-event=10', 10],
    ['ended by an error event', 'error-event-after=10', 10],
  ])(
    'a stream that is %s is charged for what came, and ends with an error in its own format',
    async (_label, directive, output) => {
      for (const send of [chat, message]) {
        const answer = await send(`Hi [[sandbox: tokens=60 ${directive}]]`, { stream: true })
        expect(answer.status).toBe(200)
        const text = String(answer.body.text)
        expect(text).toContain('"error"')
        expect(text).not.toMatch(/\[DONE\]|message_stop/)
        const row = await record(answer.headers.get('request-id'))
        expect(row).toMatchObject({ status: 'settled', ending: 'upstream_cut', estimated: true })
        expect((row.tokens as { output: number }).output).toBe(output)
      }
    },
  )

  it('a client that leaves a stream stops the provider and pays for what was generated', async () => {
    for (const path of ['/v1/chat/completions', '/v1/messages'] as const) {
      const leave = new AbortController()
      const response = await fetch(`${direct(stack)}${path}`, {
        method: 'POST',
        signal: leave.signal,
        headers: { 'content-type': 'application/json', 'x-user-key': key },
        body: JSON.stringify({
          model: path.endsWith('messages') ? 'claude-sonnet-4' : 'gpt-4o',
          max_tokens: 900,
          stream: true,
          messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=800 delay=10]]' }],
        }),
      })
      const reader = response.body?.getReader()
      for (let reads = 0; reads < 20; reads += 1) await reader?.read()
      leave.abort()
      const id = response.headers.get('request-id')
      await until(async () => (await record(id)).status === 'settled')
      const row = await record(id)
      expect(row).toMatchObject({ ending: 'client_gone', estimated: true })
      const seen = await lastCall()
      expect(seen?.isAborted).toBe(true)
      expect(seen?.outputTokens).toBeLessThan(800)
      const counted = (row.tokens as { output: number }).output
      expect(counted).toBeGreaterThan(5)
      expect(counted).toBeLessThanOrEqual((seen?.outputTokens ?? 0) + 1)
    }
  })

  it('a client that leaves a plain call pays for it all the same', async () => {
    const before = (await calls()).length
    const leave = new AbortController()
    const leaving = fetch(`${direct(stack)}/v1/chat/completions`, {
      method: 'POST',
      signal: leave.signal,
      headers: { 'content-type': 'application/json', 'x-user-key': key },
      body: JSON.stringify({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'Hi [[sandbox: first-byte-delay=400]]' }],
      }),
    }).catch(() => null)
    await until(async () => (await calls()).length > before)
    leave.abort()
    await leaving
    const newest = async () =>
      ((await call(stack, 'GET', '/v1/credits/history?limit=1', { key })).body.data as { request_id: string }[])[0]
        ?.request_id
    const id = await newest()
    await until(async () => (await newest()) !== id || (await record(await newest())).ending === 'completed')
    await until(async () => (await balanceOf(stack, key)).held === 0)
    expect(await record(await newest())).toMatchObject({ ending: 'completed', estimated: false })
  })

  it('a failing key is passed over and the next one answers', async () => {
    const { control } = stack.sandbox.providers
    await control.failKey('sandbox-provider-key-a', 401)
    for (let times = 0; times < 4; times += 1) expect((await chat('Hi')).status).toBe(200)
    await control.failKey('sandbox-provider-key-a', 0)
  })
})

describe('wires', () => {
  it('the openai package works unchanged: whole, streamed, with tools', async () => {
    const openai = new OpenAI({ baseURL: `${direct(stack)}/v1`, apiKey: key })
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
    const anthropic = new Anthropic({ baseURL: direct(stack), apiKey: key })
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
    await call(stack, 'POST', '/v1/messages', {
      headers: {
        authorization: `Bearer ${key}`,
        'anthropic-beta': 'one-2025-01-01,two-2026-01-01',
        'anthropic-version': '2026-10-21',
        'x-other': `secret ${key}`,
        cookie: 'a=b',
      },
      body: {
        model: 'claude-sonnet-4',
        max_tokens: 10,
        messages: [{ role: 'user', content: 'Hi' }],
        unknown_field: { a: [1] },
      },
    })
    const seen = await lastCall()
    expect(JSON.stringify(seen)).not.toContain(key)
    expect(seen?.headers).toMatchObject({
      'anthropic-beta': 'one-2025-01-01,two-2026-01-01',
      'anthropic-version': '2026-10-21',
      'x-api-key': stack.sandbox.providers.apiKey,
    })
    expect(seen?.headers).not.toHaveProperty('cookie')
    expect(seen?.headers).not.toHaveProperty('authorization')
    expect(seen?.body).toMatchObject({ model: 'claude-sonnet-4-20250514', unknown_field: { a: [1] } })
  })

  it('a wrong base URL is answered as if it were right, with a hint', async () => {
    const answer = await call(stack, 'POST', '/v1/v1/messages', {
      key,
      body: { model: 'claude-sonnet-4', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('opencredits-hint')).toBe(`use the base URL ${stack.url}`)
  })

  const refused: readonly (readonly [string, string, Record<string, unknown>, number, string])[] = [
    ['a model of the other family', '/v1/messages', { model: 'gpt-4o', max_tokens: 5 }, 400, 'model'],
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
    ['a model that is unknown', '/v1/chat/completions', { model: 'gpt-4o-turbo-max' }, 404, 'model'],
  ]
  it.each(refused)('%s is refused by name', async (_label, path, body, status, field) => {
    const before = (await calls()).length
    const answer = await call(stack, 'POST', path, {
      key,
      body: { messages: [{ role: 'user', content: 'Hi' }], ...body },
    })
    expect(answer.status).toBe(status)
    expect((answer.body.error as { message: string }).message).toMatch(new RegExp(`^${field}`))
    expect((await calls()).length).toBe(before)
  })

  it('who pays is never guessed', async () => {
    const before = await balanceOf(stack, key)
    const body = { model: 'claude-sonnet-4', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
    for (const headers of [
      { 'x-user-key': key, authorization: 'Bearer sk-ant-oat01-abc' },
      { 'x-opencredits-key': `Bearer ${key}`, 'x-api-key': 'sk-ant-abc' },
      { 'x-opencredits-key': key, 'x-user-key': key },
    ]) {
      expect((await call(stack, 'POST', '/v1/messages', { headers, body })).status).toBe(400)
    }
    expect(await balanceOf(stack, key)).toEqual(before)
  })
})

describe('named keys', () => {
  it('are held to their budget, their models, their rate and their end', async () => {
    const made = await call(stack, 'POST', '/v1/keys', {
      key,
      body: {
        name: 'limited',
        budget: 1,
        window: 'day',
        models: ['gpt-4o-mini'],
        expires_at: Math.floor(Date.now() / 1000) + 3600,
      },
    })
    expect(made.status).toBe(201)
    const limited = String(made.body.key)
    const cheap = { model: 'gpt-4o-mini', max_tokens: 100 }
    expect((await chat('Hi', cheap, limited)).status).toBe(200)
    expect(await chat('Hi', { model: 'gpt-4o', max_tokens: 100 }, limited)).toMatchObject({
      status: 403,
      body: { error: { type: 'model_not_allowed' } },
    })
    expect(await chat('Hi', { ...cheap, n: 128, max_tokens: 1000 }, limited)).toMatchObject({
      status: 402,
      body: { error: { type: 'key_budget_exceeded' } },
    })
    expect(await call(stack, 'POST', '/v1/keys', { key: limited, body: { name: 'child' } })).toMatchObject({
      status: 401,
    })
    const id = String(made.body.id)
    await call(stack, 'PATCH', `/v1/keys/${id}`, { key, body: { rpm: 1 } })
    expect((await chat('Hi', cheap, limited)).status).toBe(200)
    const throttled = await chat('Hi', cheap, limited)
    expect(throttled).toMatchObject({ status: 429, body: { error: { type: 'rate_limited' } } })
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0)
    await call(stack, 'PATCH', `/v1/keys/${id}`, { key, body: { rpm: null, expires_at: 1 } })
    expect(await chat('Hi', cheap, limited)).toMatchObject({ status: 401 })
  })

  it('of others are the same 404 as none; a revoked one is dead at once', async () => {
    const other = (await buyCredits(stack, partner, 5)).userKey
    const made = await call(stack, 'POST', '/v1/keys', { key, body: { name: 'mine' } })
    for (const method of ['PATCH', 'DELETE']) {
      expect((await call(stack, method, `/v1/keys/${made.body.id}`, { key: other, body: {} })).status).toBe(404)
      expect((await call(stack, method, '/v1/keys/key_none', { key: other, body: {} })).status).toBe(404)
    }
    expect((await chat('Hi', {}, String(made.body.key))).status).toBe(200)
    await call(stack, 'DELETE', `/v1/keys/${made.body.id}`, { key })
    expect((await chat('Hi', {}, String(made.body.key))).status).toBe(401)
    expect((await call(stack, 'POST', '/v1/keys/revoke_all', { key: other })).body).toEqual({ revoked: 1 })
    expect((await call(stack, 'GET', '/v1/me', { key: other })).status).toBe(401)
  })
})
