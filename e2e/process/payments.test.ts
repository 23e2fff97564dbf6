import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { type Buyer, balanceOf, buyCredits, call, until, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack({
    STRIPE_WEBHOOK_SECRET: 'whsec_retired,whsec_sandbox',
    CURRENCIES: 'usd=100,eur=108,jpy=0.66,kwd=325.5',
  })
  partner = stack.createPartner()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await stack.close()
})

const stripe = () => stack.sandbox.stripe.control
const balance = async (buyer: Buyer) => (await balanceOf(stack, buyer.userKey)).balance

async function openSession(body: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  return call(stack, 'POST', '/v1/checkout/sessions', {
    body: { publishable_key: partner.publishable_key, amount: 10, ...body },
    headers,
  })
}

/** A session that is not yet paid. */
async function openBuyer(): Promise<Buyer> {
  const { body } = await openSession()
  return { userKey: String(body.user_key), sessionId: String(body.session_id) }
}

describe('purchases', () => {
  it.each([
    ['usd', 10, 1000],
    ['eur', 9.99, 1078.92],
    ['jpy', 1500, 990],
    ['kwd', 1.01, 328.755],
  ])('%s %d buys %d credits', async (currency, amount, credits) => {
    const buyer = await buyCredits(stack, partner, amount, currency)
    expect(await balance(buyer)).toBe(credits)
    const session = await call(stack, 'GET', `/v1/checkout/sessions/${buyer.sessionId}`, { key: buyer.userKey })
    expect(session.body).toMatchObject({ status: 'complete', credits_added: credits, amount, currency })
  })

  it('the same webhook 25 times, 20 of them at once, and a second event for the same payment: credited once', async () => {
    const buyer = await buyCredits(stack, partner, 10)
    const statuses = await stripe().resend(buyer.sessionId, { times: 20, type: 'checkout.session.completed' })
    expect(new Set(statuses)).toEqual(new Set([200]))
    for (let times = 0; times < 5; times += 1) await stripe().resend(buyer.sessionId)
    await stripe().emitAgain('checkout.session.completed', buyer.sessionId)
    await stripe().emitAgain('checkout.session.async_payment_succeeded', buyer.sessionId)
    await new Promise((wait) => setTimeout(wait, 300))
    expect(await balance(buyer)).toBe(1000)
  })

  it.each(['forged', 'stale', 'future', 'unsigned'] as const)(
    'a %s signature is refused and changes nothing',
    async (fault) => {
      await stripe().holdWebhooks()
      const buyer = await openBuyer()
      await stripe().pay(buyer.sessionId)
      expect(await stripe().resendBadly(buyer.sessionId, fault)).toBe(400)
      expect(await balance(buyer)).toBe(0)
      await stripe().releaseWebhooks()
      await until(async () => (await balance(buyer)) === 1000)
    },
  )

  it('whoever asks for a session whose webhook is late is told by Stripe itself', async () => {
    await stripe().dropWebhooks(true)
    const buyer = await openBuyer()
    await stripe().pay(buyer.sessionId)
    await stripe().dropWebhooks(false)
    const asked = await Promise.all(
      Array.from({ length: 10 }, () =>
        call(stack, 'GET', `/v1/checkout/sessions/${buyer.sessionId}`, { key: buyer.userKey }),
      ),
    )
    expect(asked.every(({ status }) => status === 200)).toBe(true)
    await until(async () => (await balance(buyer)) === 1000)
    await stripe().resend(buyer.sessionId)
    expect(await balance(buyer)).toBe(1000)
  })

  it('expired sessions say so, and an expiry that is told after the payment changes nothing', async () => {
    const unpaid = await openBuyer()
    await stripe().expire(unpaid.sessionId)
    await until(
      async () =>
        (await call(stack, 'GET', `/v1/checkout/sessions/${unpaid.sessionId}`, { key: unpaid.userKey })).body.status ===
        'expired',
    )
    const paid = await buyCredits(stack, partner, 10)
    await stripe().emitAgain('checkout.session.expired', paid.sessionId)
    await new Promise((wait) => setTimeout(wait, 200))
    expect(await balance(paid)).toBe(1000)
  })

  it('a delayed payment that fails sells nothing and says why', async () => {
    const buyer = await openBuyer()
    await stripe().pay(buyer.sessionId, '4000000000000093')
    await until(
      async () =>
        (await call(stack, 'GET', `/v1/checkout/sessions/${buyer.sessionId}`, { key: buyer.userKey })).body.status ===
        'failed',
    )
    expect(await balance(buyer)).toBe(0)
  })

  it('somebody else’s session is the same 404 as none', async () => {
    const mine = await openBuyer()
    const other = await openBuyer()
    const foreign = await call(stack, 'GET', `/v1/checkout/sessions/${mine.sessionId}`, { key: other.userKey })
    const none = await call(stack, 'GET', '/v1/checkout/sessions/cs_test_none', { key: other.userKey })
    expect(foreign.status).toBe(404)
    expect({ ...(foreign.body.error as object), request_id: '' }).toEqual({
      ...(none.body.error as object),
      request_id: '',
    })
  })
})

describe('Idempotency-Key', () => {
  it('gives the same session and the same guest again, to ten at once as well', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await openSession({}, headers)
    const again = await Promise.all(Array.from({ length: 10 }, () => openSession({}, headers)))
    for (const { status, body } of again) {
      expect(status).toBe(200)
      expect(body).toEqual(first.body)
    }
  })

  it('is refused for another request', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    await openSession({}, headers)
    expect(await openSession({ amount: 20 }, headers)).toMatchObject({
      status: 409,
      body: { error: { type: 'conflict' } },
    })
  })

  it('may be used again after Stripe was down', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    await stripe().failNextCalls(3, 500)
    expect(await openSession({}, headers)).toMatchObject({
      status: 503,
      body: { error: { type: 'payments_unavailable' } },
    })
    await stripe().failNextCalls(0, 500)
    expect((await openSession({}, headers)).status).toBe(200)
  })

  it('an answer of Stripe’s that is lost on the way makes one session, not two', async () => {
    const before = (await stripe().record()).sessions.length
    await stripe().failNextCalls(1, 'drop_after')
    expect((await openSession({}, { 'idempotency-key': randomUUID() })).status).toBe(200)
    expect((await stripe().record()).sessions.length).toBe(before + 1)
  })
})

describe('what does not fit', () => {
  /** Signed with the right secret, as a broken or hostile account could send it. */
  async function deliver(event: Record<string, unknown>): Promise<number> {
    const body = JSON.stringify({
      id: `evt_${randomUUID()}`,
      object: 'event',
      livemode: false,
      created: 1,
      api_version: '2026-10-28.endive',
      ...event,
    })
    const at = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', stack.sandbox.stripe.webhookSecret).update(`${at}.${body}`).digest('hex')
    const answer = await call(stack, 'POST', '/webhooks/stripe', {
      body,
      headers: { 'stripe-signature': `t=${at},v1=${signature}` },
    })
    return answer.status
  }

  it.each([
    ['another amount', { amount_total: 100_000 }],
    ['another currency', { currency: 'eur' }],
    ['a subscription', { mode: 'subscription' }],
    ['another session', { id: 'cs_test_other' }],
  ])('a payment of %s credits nothing', async (_label, change) => {
    const buyer = await openBuyer()
    const session = (await stripe().record()).sessions.find(({ id }) => id === buyer.sessionId)
    const object = { ...session, status: 'complete', payment_status: 'paid', payment_intent: 'pi_x', ...change }
    expect(await deliver({ type: 'checkout.session.completed', data: { object } })).toBe(200)
    expect(await balance(buyer)).toBe(0)
    expect(stack.output()).toContain('a Stripe event needs attention')
  })

  it('a payment for an unknown purchase is parked and asked for again, never answered and forgotten', async () => {
    const buyer = await openBuyer()
    const session = (await stripe().record()).sessions.find(({ id }) => id === buyer.sessionId)
    const object = {
      ...session,
      id: 'cs_test_unknown',
      metadata: {},
      client_reference_id: null,
      status: 'complete',
      payment_status: 'paid',
    }
    expect(await deliver({ type: 'checkout.session.completed', data: { object } })).toBe(409)
  })
})
