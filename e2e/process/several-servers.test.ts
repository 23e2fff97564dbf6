import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnotherServer } from '../stack.ts'
import { balanceOf, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'
import { holdsSoon } from './holds-soon.ts'
import { createBalancer } from './load-balancer.ts'
import { makeKey } from './make-key.ts'

/** Two server processes on one store: one PostgreSQL, or one SQLite file of the same machine. */
let caller: Caller
let other: AnotherServer

beforeAll(async () => {
  caller = await startCaller({ KEY_CALLS_AT_ONCE: '1000', STOP_NOTICE_MS: '400' })
  other = await caller.stack.startAnother()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const ask = (url: string, key: string, content: string, more: object = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': key },
    body: JSON.stringify({ model: 'gpt-4o', max_tokens: 50, messages: [{ role: 'user', content }], ...more }),
  })

function grant(credits: number): { readonly user_key: string; readonly balance: number } {
  const to = ['--user', `${randomUUID()}@example.com`, '--partner', caller.partner.id]
  return JSON.parse(caller.stack.cli('credits', 'grant', ...to, '--credits', String(credits), '--json'))
}

describe('a change at one server', () => {
  it('a revoked key is dead at the other within two seconds, though it had just been used there', async () => {
    const { id, key } = await makeKey(caller.stack, caller.key, { name: 'short-lived' })
    expect((await ask(other.url, key, 'Hi')).status).toBe(200)
    await call(caller.stack, 'DELETE', `/v1/keys/${id}`, { key })
    await holdsSoon(performance.now(), async () => (await ask(other.url, key, 'Hi')).status === 401)
  })

  it('what a partner may use changes at both within two seconds', async () => {
    expect((await ask(other.url, caller.key, 'Hi')).status).toBe(200)
    const change = (models: string) => caller.stack.cli('partner', 'update', caller.partner.id, '--models', models)
    for (const [models, status] of [
      ['anthropic/claude-sonnet-4', 403],
      ['all', 200],
    ] as const) {
      change(models)
      const changedAt = performance.now()
      for (const url of [direct(caller.stack), other.url])
        await holdsSoon(changedAt, async () => (await ask(url, caller.key, 'Hi')).status === status)
    }
  })
})

describe('a purchase', () => {
  it('is opened and watched at one server while Stripe tells the other, twice at once', async () => {
    const created = await call(caller.stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: caller.partner.publishable_key, amount: 12, currency: 'usd', mode: 'embedded' },
      headers: { 'idempotency-key': randomUUID() },
    })
    const key = String(created.body.user_key)
    const { stripe } = caller.stack.sandbox
    stripe.setWebhookUrl(`${other.url}/webhooks/stripe`)
    await stripe.control.pay(String(created.body.session_id))
    const session = () => call(caller.stack, 'GET', `/v1/checkout/sessions/${created.body.session_id}`, { key })
    await until(async () => (await session()).body.status === 'complete')
    expect(await balanceOf(caller.stack, key)).toEqual({ balance: 1200, held: 0 })
    const at = async (url: string) =>
      (await fetch(`${url}/v1/credits/balance`, { headers: { 'x-user-key': key } })).json()
    expect(await at(other.url)).toMatchObject({ balance: 1200 })
    stripe.setWebhookUrl(`${direct(caller.stack)}/webhooks/stripe`)
  })
})

describe('credits that many want at once', () => {
  it.each(['balance', 'budget'] as const)('are held once over all servers: a %s for 20', async (limit) => {
    const asked = 'Go [[sandbox: tokens=50 first-byte-delay=400]]'
    const one = await ask(other.url, caller.key, asked)
    const hold = Number((await caller.record(one.headers.get('request-id'))).held)
    const enough = Math.round(hold * 20 * 1e6) / 1e6
    const rich = grant(limit === 'balance' ? enough : 100_000)
    const limited =
      limit === 'balance'
        ? rich.user_key
        : (await makeKey(caller.stack, rich.user_key, { name: 'limited', budget: enough, window: 'total' })).key
    const before = (await balanceOf(caller.stack, rich.user_key)).balance
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        ask([direct(caller.stack), other.url][index % 2] ?? '', limited, asked),
      ),
    )
    const served = answers.filter(({ status }) => status === 200)
    expect(served.length + answers.filter(({ status }) => status === 402).length).toBe(100)
    expect(served.length).toBeGreaterThanOrEqual(20)
    const charged = served.reduce((sum, { headers }) => sum + Number(headers.get('opencredits-charge')), 0)
    expect(charged).toBeLessThanOrEqual(enough)
    const { balance, held } = await balanceOf(caller.stack, rich.user_key)
    expect(held).toBe(0)
    expect(Math.round((before - balance) * 1e6)).toBe(Math.round(charged * 1e6))
  })
})

describe('a server that dies', () => {
  it('leaves calls that are resolved once, whoever comes first', async () => {
    const third = await caller.stack.startAnother()
    const { user_key: key } = grant(1000)
    const cut = Array.from({ length: 20 }, () =>
      ask(third.url, key, 'Go on [[sandbox: tokens=400 delay=20]]', { stream: true, max_tokens: 1000 }),
    )
    const ids = (await Promise.all(cut)).map(({ headers }) => headers.get('request-id'))
    await third.kill('SIGKILL')
    await until(async () => (await balanceOf(caller.stack, key)).held === 0, 60_000)
    const records = await Promise.all(ids.map((id) => caller.record(id, key)))
    for (const record of records) expect(record).toMatchObject({ status: 'settled', ending: 'recovered' })
    const charged = records.reduce((sum, { charge }) => sum + Number(charge), 0)
    expect(Math.round((1000 - (await balanceOf(caller.stack, key)).balance) * 1e6)).toBe(Math.round(charged * 1e6))
    expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  }, 90_000)
})

const urlOf = (server: Caller['stack'] | AnotherServer) => ('cli' in server ? direct(server) : server.url)

describe('a rolling restart', () => {
  it('fails no request', async () => {
    const { user_key: key } = grant(100_000)
    const balancer = createBalancer([direct(caller.stack), other.url])
    let isOver = false
    const answers: { readonly status: number; readonly text: string; readonly isStream: boolean }[] = []
    const work = async (index: number) => {
      for (let turn = index; !isOver; turn += 1) {
        const isStream = turn % 2 === 0
        const pace = isStream ? 'tokens=20 delay=15' : 'tokens=20 first-byte-delay=100'
        const body = { model: 'gpt-4o', max_tokens: 50, stream: isStream }
        const messages = [{ role: 'user', content: `Go [[sandbox: ${pace}]]` }]
        answers.push({ isStream, ...(await balancer.send('/v1/chat/completions', key, { ...body, messages })) })
      }
    }
    const workers = Array.from({ length: 8 }, (_, index) => work(index))
    for (const server of [caller.stack, other]) {
      await server.kill('SIGTERM')
      await server.restart()
      await until(async () => balancer.isWell(urlOf(server)))
    }
    const count = answers.length
    await until(async () => answers.length > count + 20)
    isOver = true
    await Promise.all(workers)
    await balancer.close()
    expect(balancer.withoutOne()).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    for (const { isStream, text } of answers) expect(text).toContain(isStream ? 'data: [DONE]' : '"usage"')
    expect((await balanceOf(caller.stack, key)).held).toBe(0)
  }, 60_000)
})
