import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runOnStore } from '../test-store.ts'
import { balanceOf, buyCredits, call, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

describe('prices', () => {
  it('charges the five buckets and the share exactly', async () => {
    const answer = await caller.message(
      'Hi [[sandbox: usage-input=1000 usage-output=200 cache-read=10000 cache-write-5m=400 cache-write-1h=300]]',
    )
    // 1000×300 + 10000×30 + 400×375 + 300×600 + 200×1500 microcredits, and a tenth on top.
    const cost = (300_000 + 300_000 + 150_000 + 180_000 + 300_000) / 1_000_000
    expect(answer.headers.get('opencredits-charge')).toBe(String((cost * 11) / 10))
    expect(await caller.record(answer.headers.get('request-id'))).toMatchObject({
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
    const answer = await caller.chat('Hi [[sandbox: usage-input=1000 usage-output=100 cache-read=3000]]')
    expect((await caller.record(answer.headers.get('request-id'))).tokens).toMatchObject({
      input: 1000,
      cache_read: 3000,
      output: 100,
    })
  })

  it.each([
    ['/v1/chat/completions', 'messages'],
    ['/v1/responses', 'input'],
  ])('charges what OpenAI writes to its cache as that, and once: %s', async (path, prompt) => {
    const content = 'Hi [[sandbox: usage-input=1000 usage-output=100 cache-read=3000 cache-write=2000]]'
    for (const stream of [false, true]) {
      const body = { model: 'gpt-5.5', stream, [prompt]: [{ role: 'user', content }] }
      const answer = await call(caller.stack, 'POST', path, { key: caller.key, body })
      const record = await caller.record(answer.headers.get('request-id'))
      expect(record.tokens).toMatchObject({ input: 1000, cache_read: 3000, cache_write_5m: 2000, output: 100 })
      const prices = record.prices as Record<string, number>
      const cost = (name: string, tokens: number) => (Number(prices[name]) * tokens) / 1_000_000
      expect(record.provider_cost).toBeCloseTo(
        cost('input', 1000) + cost('cache_read', 3000) + cost('cache_write_5m', 2000) + cost('output', 100),
        6,
      )
    }
  })

  it('what a partner uses itself earns it no share', async () => {
    const own = JSON.parse(
      caller.stack.cli(
        'credits',
        'grant',
        '--user',
        'partner@example.com',
        '--credits',
        '100',
        '--partner',
        caller.partner.id,
        '--json',
      ),
    )
    await new Promise((wait) => setTimeout(wait, 1600))
    const answer = await caller.chat('Hi', {}, own.user_key)
    expect(await caller.record(answer.headers.get('request-id'), own.user_key)).toMatchObject({
      referral_share: 0,
      referral_rate: 0,
    })
  })

  it('a second of pricing: estimates include the commission', async () => {
    const { body } = await call(caller.stack, 'POST', '/v1/credits/pricing', {
      body: {
        publishable_key: caller.partner.publishable_key,
        models: ['openai/gpt-4o', 'nothing'],
        input_tokens: 1000,
        output_tokens: 500,
      },
    })
    expect(body).toEqual({
      token_assumption: { input: 1000, output: 500 },
      default_model: 'openai/gpt-4o',
      models: [{ id: 'openai/gpt-4o', name: 'GPT-4o', credits_per_request: 0.825 }],
    })
  })
})

describe('concurrency', () => {
  it('200 at once on a balance for 29: what was served is what was charged, the rest got 402, nothing is held', async () => {
    const one = await caller.chat('Go [[sandbox: tokens=50 first-byte-delay=300]]', { max_tokens: 50 })
    const charge = Number(one.headers.get('opencredits-charge'))
    const hold = Number((await caller.record(one.headers.get('request-id'))).held)
    const granted = JSON.parse(
      caller.stack.cli(
        'credits',
        'grant',
        '--user',
        `crowd-${Date.now()}@example.com`,
        '--credits',
        String(Math.round(hold * 29 * 1e6) / 1e6),
        '--partner',
        caller.partner.id,
        '--json',
      ),
    )
    await caller.stack.sandbox.providers.control.clear()
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        caller.chat('Go [[sandbox: tokens=50 first-byte-delay=300]]', { max_tokens: 50 }, granted.user_key),
      ),
    )
    const served = answers.filter(({ status }) => status === 200)
    expect(served.length + answers.filter(({ status }) => status === 402).length).toBe(200)
    expect(served.length).toBeGreaterThanOrEqual(29)
    expect((await caller.calls()).length).toBe(served.length)
    const { balance, held } = await balanceOf(caller.stack, granted.user_key)
    expect(held).toBe(0)
    expect(balance).toBeGreaterThanOrEqual(0)
    expect(Math.round((granted.balance - balance) * 1e6)).toBe(Math.round(charge * 1e6) * served.length)
  }, 60_000)

  it('a clamp is told, and what is too little is a 402 that says what to do', async () => {
    const small = JSON.parse(
      caller.stack.cli(
        'credits',
        'grant',
        '--user',
        `small-${Date.now()}@example.com`,
        '--credits',
        '2.5',
        '--partner',
        caller.partner.id,
        '--json',
      ),
    )
    const clamped = await caller.message('Hi', { max_tokens: 64_000 }, small.user_key)
    const sent = Number(clamped.headers.get('opencredits-max-tokens'))
    expect(sent).toBeGreaterThanOrEqual(1024)
    expect(sent).toBeLessThan(2000)
    expect((await caller.lastCall())?.body).toMatchObject({ max_tokens: sent })
    expect(await caller.record(clamped.headers.get('request-id'), small.user_key)).toMatchObject({
      max_tokens: { requested: 64_000, sent },
    })
    const numbers = { needed: expect.any(Number), available: expect.any(Number) }
    const tooMuch = { model: 'claude-opus-4.1', max_tokens: 64_000 }
    const refused = await caller.message('Hi', tooMuch, small.user_key)
    const message = expect.stringMatching(/left, about .* needed\. Top up/)
    expect(refused).toMatchObject({
      status: 402,
      body: { type: 'error', error: { type: 'insufficient_credits', message, ...numbers } },
    })
    const { balance } = await balanceOf(caller.stack, small.user_key)
    const refusedChat = await caller.chat('Hi', tooMuch, small.user_key)
    expect(refusedChat).toMatchObject({
      status: 402,
      body: { error: { type: 'insufficient_credits', message, code: '402', ...numbers, available: balance } },
    })
    const { needed } = Object(refusedChat.body.error)
    expect(needed).toBeGreaterThan(balance)
    expect(refused.headers.get('x-should-retry')).toBe('false')
  })
})

describe('named keys', () => {
  it('are held to their budget, their models, their rate and their end', async () => {
    const limits = { name: 'limited', budget: 1, window: 'day', models: ['gpt-4o-mini'] }
    const { id, key: limited } = await makeKey(caller.stack, caller.key, limits)
    const change = (columns: Readonly<Record<string, number | null>>) =>
      runOnStore(
        String(caller.stack.environment.DATABASE_URL),
        `update keys set ${Object.entries(columns).map(([name, value]) => `${name} = ${value}`)} where id = '${id}'`,
      )
    const cheap = { model: 'gpt-4o-mini', max_tokens: 100 }
    expect((await caller.chat('Hi', cheap, limited)).status).toBe(200)
    expect(await caller.chat('Hi', { model: 'gpt-4o', max_tokens: 100 }, limited)).toMatchObject({
      status: 403,
      body: { error: { type: 'model_not_allowed' } },
    })
    expect(await caller.chat('Hi', { ...cheap, n: 128, max_tokens: 1000 }, limited)).toMatchObject({
      status: 402,
      body: { error: { type: 'key_budget_exceeded' } },
    })
    expect(await call(caller.stack, 'POST', '/v1/keys', { key: limited, body: { name: 'child' } })).toMatchObject({
      status: 403,
    })
    await change({ requests_per_minute: 1 })
    await until(async () => (await caller.chat('Hi', cheap, limited)).status === 429)
    const throttled = await caller.chat('Hi', cheap, limited)
    expect(throttled).toMatchObject({ status: 429, body: { error: { type: 'rate_limited' } } })
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0)
    await change({ requests_per_minute: null, expires_at_ms: 1 })
    await until(async () => (await caller.chat('Hi', cheap, limited)).status === 401)
  })

  it('end themselves and nothing else; a revoked one is dead at once', async () => {
    const other = (await buyCredits(caller.stack, caller.partner, 5)).userKey
    const made = await makeKey(caller.stack, caller.key, { name: 'mine' })
    for (const key of [other, caller.key])
      expect((await call(caller.stack, 'DELETE', `/v1/keys/${made.id}`, { key })).status).toBe(403)
    expect((await caller.chat('Hi', {}, made.key)).status).toBe(200)
    await call(caller.stack, 'DELETE', `/v1/keys/${made.id}`, { key: made.key })
    expect((await caller.chat('Hi', {}, made.key)).status).toBe(401)
  })
})
