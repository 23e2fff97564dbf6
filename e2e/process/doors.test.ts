import { once } from 'node:events'
import { connect } from 'node:net'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buyCredits, call, direct, until } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { makeKey } from './make-key.ts'

/** What is refused before it is work: empty wallets, bodies that are too much, addresses that come too often. */
let caller: Caller
let emptyKey: string

beforeAll(async () => {
  caller = await startCaller()
  emptyKey = await createGuest()
})
afterAll(() => caller.stack.close())

/** A user who has never paid. */
async function createGuest(): Promise<string> {
  const session = await openCheckout(caller)
  return String(session.body.user_key)
}

function openCheckout({ stack, partner }: Caller, key?: string) {
  return call(stack, 'POST', '/v1/checkout/sessions', {
    ...(key === undefined ? {} : { key }),
    body: { publishable_key: partner.publishable_key, amount: 10 },
  })
}

const portOf = ({ stack }: Caller) => Number(new URL(stack.url).port)

/** The answer to a request of which the server has seen no more than the head, and a little of its body. */
async function answerToHead(path: string, headers: Record<string, string>): Promise<string> {
  const socket = connect(portOf(caller), '127.0.0.1')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 40000000\r\n${lines.join('')}\r\n{"model":`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return String(answer)
}

const messages = [{ role: 'user', content: 'Hi' }]

describe('who has nothing left', () => {
  it.each([
    ['/v1/chat/completions', /"type":"insufficient_credits".*"code":"402"/],
    ['/v1/responses', /"type":"insufficient_credits".*"code":"402"/],
    ['/v1/embeddings', /"type":"insufficient_credits".*"code":"402"/],
    ['/v1/messages', /^\{"type":"error","error":\{"type":"insufficient_credits"/],
    ['/chat/completions', /"type":"insufficient_credits".*"code":"402"/],
  ])('is refused at %s before the body has come', async (path, expected) => {
    const answer = await answerToHead(path, { 'x-user-key': emptyKey })
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1.1 402 /)
    expect(head).toMatch(/x-should-retry: false/i)
    expect(body).toMatch(expected)
    expect(body).toContain('Insufficient credits: 0 left.')
    expect(body).toContain('"available":0')
  })

  it('is told so also by clients that first send all they have', async () => {
    const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'x'.repeat(20_000_000) }] }
    const answer = await call(caller.stack, 'POST', '/v1/chat/completions', { key: emptyKey, body })
    expect(answer).toMatchObject({ status: 402, body: { error: { type: 'insufficient_credits' } } })
  })

  it('is let in as soon as there is something', async () => {
    const session = await openCheckout(caller, emptyKey)
    await caller.stack.sandbox.stripe.control.pay(String(session.body.session_id))
    await until(async () => (await caller.chat('Hi', { max_tokens: 5 }, emptyKey)).status === 200)
  })

  it('by the budget of its key, is told so', async () => {
    const { key } = await makeKey(caller.stack, caller.key, { name: 'small', budget: 0.01 })
    await expect
      .poll(async () => (await caller.chat('Hi', { max_tokens: 5 }, key)).body, { timeout: 20_000 })
      .toMatchObject({ error: { type: 'key_budget_exceeded' } })
  })

  it('may still ask how many tokens a prompt has', async () => {
    const guest = await createGuest()
    const answer = await call(caller.stack, 'POST', '/v1/messages/count_tokens', {
      key: guest,
      body: { model: 'claude-sonnet-4', messages },
    })
    expect(answer).toMatchObject({ status: 200, body: { input_tokens: expect.any(Number) } })
  })
})

describe('a body', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const deep = `{"model":"gpt-4o","messages":${nested(64)}}`
  const wide = `{"model":"gpt-4o","messages":[${'1,'.repeat(200_000)}1]}`
  const openai = { error: { type: 'invalid_request', code: '400' } }
  const anthropic = { type: 'error', error: { type: 'invalid_request' } }

  it.each([
    ['/v1/chat/completions', openai],
    ['/v1/messages', anthropic],
    ['/v1/messages/count_tokens', anthropic],
    ['/v1/login/codes', openai],
    ['/v1/checkout/sessions', openai],
  ])('that is too deep is refused at %s in its dialect', async (path, expected) => {
    const answer = await call(caller.stack, 'POST', path, { key: caller.key, body: deep })
    expect(answer).toMatchObject({ status: 400, body: expected })
    expect(JSON.stringify(answer.body)).toContain('nested too deep: 64 levels')
  })

  it('that has too many values is refused', async () => {
    const answer = await call(caller.stack, 'POST', '/v1/messages', { key: caller.key, body: wide })
    expect(answer).toMatchObject({ status: 400, body: anthropic })
    expect(JSON.stringify(answer.body)).toContain('too many values: 200000')
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('may be packed with %s', async (encoding, pack) => {
    const text = JSON.stringify({ model: 'gpt-4o', max_tokens: 5, messages })
    const response = await fetch(`${direct(caller.stack)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-user-key': caller.key, 'content-encoding': encoding },
      body: new Uint8Array(pack(text)),
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('opencredits-billed-to')).toBe('credits')
  })

  it('may not be packed in other ways', async () => {
    const answer = await call(caller.stack, 'POST', '/v1/chat/completions', {
      key: caller.key,
      headers: { 'content-encoding': 'compress' },
      body: '{}',
    })
    expect(answer).toMatchObject({ status: 415, body: { error: { type: 'unsupported_media_type' } } })
  })
})

describe('tokens that are only asked for', () => {
  const count = (body: object, key = caller.key) =>
    call(caller.stack, 'POST', '/v1/messages/count_tokens', { key, body })
  const ask = (model: string, content: string) => ({ model, messages: [{ role: 'user', content }] })
  const long = 'How many tokens are in all of these sentences? '.repeat(60_000)

  it('of a large prompt are counted, at Anthropic and here', async () => {
    const here = await count(ask('gpt-4o', long))
    expect(here.status).toBe(200)
    expect(Number(here.body.input_tokens)).toBeGreaterThan(500_000)
    const there = await count(ask('claude-sonnet-4', long))
    expect(there.status).toBe(200)
    // The alias was replaced where it stood, and nothing else was touched.
    expect(await caller.lastCall()).toMatchObject({
      ...{ path: expect.stringMatching(/count_tokens$/), model: expect.stringMatching(/^claude-sonnet-4-\d+$/) },
      body: { messages: [{ role: 'user', content: long }] },
    })
  })

  it('of a large prompt that is wrong are refused as a small one is', async () => {
    expect(await count({ ...ask('gpt-4o', long), messages: undefined, system: long })).toMatchObject({
      status: 400,
      body: { type: 'error', error: { type: 'invalid_request', message: expect.stringContaining('messages') } },
    })
    expect(await count(ask('no-such-model', long))).toMatchObject({ status: 404 })
  })

  it('are counted here when Anthropic takes longer than five seconds', async () => {
    const startedAtMs = performance.now()
    const answer = await count(ask('claude-sonnet-4', 'How many tokens are in this sentence? [[sandbox: count-hang]]'))
    expect(answer).toMatchObject({ status: 200, body: { input_tokens: expect.any(Number) } })
    expect(performance.now() - startedAtMs).toBeGreaterThan(4_900)
  })

  it('of many prompts at once are counted one after the other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => count(ask('claude-sonnet-4', `Prompt ${index}`))),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('the door', () => {
  const perMinute = 60

  it('counts every route of an address; its health and its payments go on', async () => {
    const other = await startCaller({ ADDRESS_REQUESTS_PER_MINUTE: String(perMinute) })
    const session = await openCheckout(other)
    const asked = ['/no-such-page', '/v1/models', '/checkout', '/v1/checkout/sessions/cs_x', '/assets/sdk.js', '/docs']
    const statuses: number[] = []
    for (let index = 0; index < perMinute; index += 1)
      statuses.push((await call(other.stack, 'GET', asked[index % asked.length] ?? '')).status)
    expect(statuses.slice(0, 6)).not.toContain(429)
    expect(statuses.at(-1)).toBe(429)
    for (const path of asked) {
      const refused = await call(other.stack, 'GET', path)
      expect(refused).toMatchObject({ status: 429, body: { error: { type: 'rate_limited' } } })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    const preflight = await call(other.stack, 'OPTIONS', '/v1/chat/completions')
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([429, '*'])
    expect((await call(other.stack, 'GET', '/v1/health/live')).status).toBe(200)
    expect((await call(other.stack, 'GET', '/v1/health')).status).toBe(200)
    await expectForged(other, 429)
    // Stripe's own word counts all the same.
    await other.stack.sandbox.stripe.control.pay(String(session.body.session_id))
    await until(async () => /"state":"handled"/.test(other.stack.output()))
    await other.stack.close()
  })

  it('counts what Stripe has not signed', async () => {
    const other = await startCaller({ ADDRESS_REQUESTS_PER_MINUTE: String(perMinute) })
    await expectForged(other, 400)
    for (let index = 0; index < perMinute; index += 1) await call(other.stack, 'POST', '/webhooks/stripe', { body: {} })
    await expectForged(other, 429)
    expect((await call(other.stack, 'GET', '/v1/models')).status).toBe(429)
    await other.stack.close()
  })

  async function expectForged({ stack }: Caller, status: number): Promise<void> {
    expect((await call(stack, 'POST', '/webhooks/stripe', { body: {} })).status).toBe(status)
  }

  it('counts the checkouts of an address, whoever opens them', async () => {
    const other = await startCaller()
    const guests = Array.from({ length: 4 }, async () => String((await openCheckout(other)).body.user_key))
    const keys = await Promise.all(guests)
    const statuses = new Map<number, number>()
    for (let index = 0; index < 120; index += 1) {
      const { status } = await openCheckout(other, keys[index % keys.length])
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    // Each key alone is far from its own limit.
    expect(statuses.get(429)).toBeGreaterThanOrEqual(5)
    expect(statuses.get(200)).toBeLessThanOrEqual(115)
    await other.stack.close()
  })
})

it('credits are still bought and spent', async () => {
  const { userKey } = await buyCredits(caller.stack, caller.partner, 10)
  expect((await caller.chat('Hi', { max_tokens: 5 }, userKey)).status).toBe(200)
})
