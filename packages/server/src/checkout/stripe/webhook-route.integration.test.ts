import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bought, openShop, paidUnseen, purchaseOf, type Shop } from '../test-shop.ts'
import { deliver, type Signing, signatureOf, testEvent } from './test-stripe-events.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop({ sandbox: { webhookRetryDelaysMs: [] } })
})

afterAll(async () => {
  await shop.booksAreRight()
  await shop.close()
})

describe('POST /webhooks/stripe', () => {
  it('credits once: 25 times the same, 20 of them at once, a second event, polls in between', async () => {
    const bought = await paidUnseen(shop)
    const { resend } = shop.sandbox.stripe.control
    const [statuses] = await Promise.all([
      resend(bought.sessionId, { times: 20 }),
      ...Array.from({ length: 10 }, () => shop.read(bought)),
    ])
    expect(new Set(statuses)).toEqual(new Set([200]))
    for (let time = 0; time < 5; time += 1) await resend(bought.sessionId)
    await deliver(shop, testEvent('checkout.session.completed', await sessionAt(bought)))
    await deliver(shop, testEvent('checkout.session.async_payment_succeeded', await sessionAt(bought)))
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'complete', balance: 1000, credits_added: 1000 })
    await shop.booksAreRight()
  })

  const nowSeconds = () => Math.floor(Date.now() / 1000)
  const badSignatures: readonly (readonly [string, () => Signing])[] = [
    ['forged', () => ({ secret: 'whsec_somebody_elses' })],
    ['made with a blank secret', () => ({ secret: ' ' })],
    ['missing', () => ({ header: null })],
    ['empty', () => ({ header: '' })],
    ['without a time', () => ({ header: 'v1=abc' })],
    ['without a signature', () => ({ header: `t=${nowSeconds()}` })],
    ['of another body', () => ({ header: signatureOf('{}', shop.sandbox.stripe.webhookSecret, nowSeconds()) })],
    ['more than five minutes old', () => ({ atSeconds: nowSeconds() - 302 })],
    ['more than five minutes ahead', () => ({ atSeconds: nowSeconds() + 302 })],
  ]
  it.each(badSignatures)('refuses a signature that is %s, and nothing changes', async (_label, signing) => {
    const bought = await paidUnseen(shop)
    const event = testEvent('checkout.session.completed', await sessionAt(bought))
    const response = await deliver(shop, event, signing())
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request', param: 'stripe-signature' } })
    expect(await shop.balanceOf(bought.sessionId)).toBe(0)
    expect(await eventRow(event.id)).toBeUndefined()
  })

  it('takes each of several secrets while one is rotated', async () => {
    const bought = await paidUnseen(shop)
    const event = testEvent('checkout.session.completed', await sessionAt(bought))
    expect((await deliver(shop, event, { secret: 'whsec_next_secret' })).status).toBe(200)
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['a thin event', '{"object":"v2.core.event","id":"evt_1"}'],
    ['an event without an object', JSON.stringify({ ...testEvent('checkout.session.completed', {}), data: {} })],
  ])('refuses %s even if it is signed', async (_label, body) => {
    expect((await deliver(shop, body)).status).toBe(400)
  })

  it('refuses a body over a megabyte', async () => {
    expect((await deliver(shop, `"${'x'.repeat(1_100_000)}"`)).status).toBe(413)
  })

  it('lets the many other events pass', async () => {
    expect((await deliver(shop, testEvent('customer.created', { id: 'cus_1', object: 'customer' }))).status).toBe(200)
  })

  it.each([
    ['amount', { amount_total: 999 }],
    ['currency', { currency: 'eur' }],
    ['mode', { mode: 'subscription' }],
    ['live mode', { livemode: true }],
    ['session', { id: 'cs_test_another' }],
  ])('credits nothing for another %s than was sold, and raises an alarm', async (_label, change) => {
    const bought = await paidUnseen(shop)
    const event = testEvent('checkout.session.completed', { ...(await sessionAt(bought)), ...change })
    expect((await deliver(shop, event)).status).toBe(200)
    expect(await shop.balanceOf(bought.sessionId)).toBe(0)
    expect(await shop.statusOf(bought.sessionId)).toBe('open')
    expect(alarmsAbout(event.id)).toBe(1)
    // The true message still gets through.
    await shop.sandbox.stripe.control.resend(bought.sessionId)
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })

  it('raises an alarm about a second payment for one purchase', async () => {
    const bought = await paidUnseen(shop)
    await shop.sandbox.stripe.control.resend(bought.sessionId)
    const event = testEvent('checkout.session.completed', { ...(await sessionAt(bought)), id: 'cs_test_second' })
    await deliver(shop, event)
    expect(alarmsAbout(event.id)).toBe(1)
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })

  it('parks what is unknown, asks Stripe to try again, and takes it in once it is known', async () => {
    const bought = await paidUnseen(shop)
    const purchase = await purchaseOf(shop.db, bought.sessionId)
    const unknown = { ...(await sessionAt(bought)), metadata: {}, client_reference_id: null, id: 'cs_test_not_ours' }
    const event = testEvent('checkout.session.completed', unknown)
    expect((await deliver(shop, event)).status).toBe(409)
    expect(await eventRow(event.id)).toMatchObject({ state: 'parked' })
    expect(alarmsAbout(event.id)).toBe(1)
    await shop.db
      .updateTable('purchases')
      .set({ stripe_session_id: 'cs_test_not_ours' })
      .where('id', '=', purchase.id)
      .execute()
    expect((await deliver(shop, event)).status).toBe(200)
    expect(await eventRow(event.id)).toMatchObject({ state: 'handled' })
    expect(await shop.balanceOf('cs_test_not_ours')).toBe(1_000_000_000)
  })

  it('marks nothing as seen when the credit fails: both are one transaction', async () => {
    const own = await openShop()
    await own.sandbox.stripe.control.dropWebhooks(true)
    const bought = await own.open()
    await own.sandbox.stripe.control.pay(bought.sessionId)
    const purchase = await purchaseOf(own.db, bought.sessionId)
    await own.db
      .insertInto('transfers')
      .values({
        id: `purchase:${purchase.id}`,
        debit_account: 'operator:purchases',
        credit_account: 'operator:grants',
        amount_microcredits: 1,
        code: 'purchase',
        cause_id: purchase.id,
        created_at_ms: 0,
      })
      .execute()
    expect(await own.sandbox.stripe.control.resend(bought.sessionId)).toEqual([500])
    expect(await own.db.selectFrom('stripe_events').selectAll().execute()).toEqual([])
    expect(await own.statusOf(bought.sessionId)).toBe('open')
    expect(await own.balanceOf(bought.sessionId)).toBe(0)
    await own.close()
  })
})

async function sessionAt({ sessionId }: Bought): Promise<Record<string, unknown>> {
  const { sessions } = await shop.sandbox.stripe.control.record()
  return { ...sessions.find(({ id }) => id === sessionId) }
}

async function eventRow(id: string) {
  return shop.db.selectFrom('stripe_events').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Alarms are log lines of level error. */
function alarmsAbout(eventId: string): number {
  return shop
    .logs()
    .split('\n')
    .filter((line) => line.includes('"level":50') && line.includes(eventId)).length
}
