import { randomUUID } from 'node:crypto'
import { HttpResponse, type HttpResponseResolver, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { createStripeClient, createStripePayments } from './stripe/stripe-payments.ts'
import { openShop, type Shop, until } from './test-shop.ts'

let shop: Shop

beforeEach(async () => {
  shop = await openShop()
})

afterEach(async () => {
  await shop.booksAreRight()
  await shop.close()
})

describe('when Stripe fails while a checkout is opened', () => {
  it.each([
    ['a 500', 500],
    ['a 429', 429],
    ['a connection that is cut before', 'drop'],
    ['a connection that is cut after the work is done', 'drop_after'],
  ] as const)(
    'after %s the same Idempotency-Key ends in one session',
    async (_label, how) => {
      const headers = { 'idempotency-key': randomUUID() }
      await shop.sandbox.stripe.control.failNextCalls(1000, how)
      const failed = await shop.create({}, headers)
      expect(failed.status).toBe(503)
      expect(failed.body).toMatchObject({ error: { type: 'payments_unavailable' } })
      expect(failed.headers.get('retry-after')).not.toBeNull()
      await shop.sandbox.stripe.control.failNextCalls(0, 500)
      const { sessionId, userKey } = await shop.open({}, headers)
      expect(await shop.open({}, headers)).toEqual({ sessionId, userKey })
      expect((await shop.sandbox.stripe.control.record()).sessions).toHaveLength(1)
      expect(await shop.db.selectFrom('purchases').select('id').execute()).toHaveLength(1)
      expect(await shop.db.selectFrom('users').select('id').execute()).toHaveLength(1)
      await shop.sandbox.stripe.control.pay(sessionId)
      await until(async () => (await shop.statusOf(sessionId)) === 'complete')
      expect(await shop.balanceOf(sessionId)).toBe(1_000_000_000)
    },
    30_000,
  )

  it('gets past a failure that Stripe keeps under the key', async () => {
    const keys: (string | null)[] = []
    stripeAnswers(({ request }) => {
      const key = request.headers.get('idempotency-key')
      const isRepeat = keys.includes(key)
      keys.push(key)
      if (key?.endsWith(':v2') === true) return HttpResponse.json(openSession)
      const headers = { 'idempotent-replayed': String(isRepeat), 'stripe-should-retry': String(!isRepeat) }
      return HttpResponse.json({ error: { type: 'api_error', message: 'kept' } }, { status: 500, headers })
    })
    const own = await openShopAtStripe()
    expect((await own.create()).body).toMatchObject({ session_id: openSession.id })
    const { id } = await own.db.selectFrom('purchases').select('id').executeTakeFirstOrThrow()
    expect(keys).toEqual([`purchase:${id}:v1`, `purchase:${id}:v1`, `purchase:${id}:v2`])
    await own.close()
  }, 30_000)

  it('gets past any number of failures that Stripe keeps, each under its key, a few seconds after the last', async () => {
    const kept = new Set<string | null>()
    let isBroken = true
    stripeAnswers(({ request }) => {
      const key = request.headers.get('idempotency-key')
      const isRepeat = kept.has(key)
      if (!isBroken && !isRepeat) return HttpResponse.json(openSession)
      kept.add(key)
      const headers = { 'idempotent-replayed': String(isRepeat), 'stripe-should-retry': String(!isRepeat) }
      return HttpResponse.json({ error: { type: 'api_error', message: 'kept' } }, { status: 500, headers })
    })
    let nowMs = Date.now()
    const own = await openShopAtStripe({ nowMs: () => nowMs })
    const headers = { 'idempotency-key': randomUUID() }
    for (let tries = 0; tries < 3; tries += 1) expect((await own.create({}, headers)).status).toBe(503)
    isBroken = false
    nowMs += 5_000
    expect((await own.create({}, headers)).body).toMatchObject({ session_id: openSession.id })
    expect(await own.db.selectFrom('purchases').select('id').execute()).toHaveLength(1)
    await own.close()
  }, 30_000)

  it.each([
    ['customer_email', 400, { type: 'invalid_request', param: 'email' }],
    ['expires_at', 409, { type: 'conflict' }],
    ['line_items[0][price_data][currency]', 502, { type: 'upstream_error' }],
  ])('what Stripe refuses for its %s is answered with %i, and the key may come again', async (param, status, error) => {
    stripeAnswers(() =>
      HttpResponse.json({ error: { type: 'invalid_request_error', message: 'refused', param } }, { status: 400 }),
    )
    const own = await openShopAtStripe()
    const headers = { 'idempotency-key': randomUUID() }
    const refused = await own.create({ email: 'a@example.com' }, headers)
    expect(refused.status).toBe(status)
    expect(refused.body).toMatchObject({ error })
    stripeAnswers(() => HttpResponse.json(openSession))
    expect((await own.create({ email: 'b@example.com' }, headers)).status).toBe(200)
    await own.close()
  })

  it('a wrong secret key of ours is no fault of the caller', async () => {
    stripeAnswers(() =>
      HttpResponse.json({ error: { type: 'invalid_request_error', message: 'key' } }, { status: 401 }),
    )
    const own = await openShopAtStripe()
    expect((await own.create()).status).toBe(503)
    await own.close()
  })
})

const openSession = {
  id: 'cs_test_in_process',
  object: 'checkout.session',
  url: null,
  client_secret: 'cs_test_in_process_secret_x',
  livemode: false,
}
const stripeServer = setupServer()
beforeAll(() => stripeServer.listen({ onUnhandledFrame: 'bypass' }))
afterEach(() => stripeServer.resetHandlers())
afterAll(() => stripeServer.close())

/** Stripe itself, played in this process. */
function stripeAnswers(answer: HttpResponseResolver): void {
  stripeServer.use(http.post('https://api.stripe.com/v1/checkout/sessions', answer))
}

function openShopAtStripe(clock: Clock = systemClock): Promise<Shop> {
  const stripe = createStripeClient({ secretKey: 'sk_test_x', apiBase: null })
  const live = createStripePayments(stripe, { publicUrl: 'http://oc.localhost', clock, isOfLiveWorld: true })
  return openShop({
    change: { payments: { live: { payments: live, form: null }, test: { payments: live, form: null } } },
  })
}
