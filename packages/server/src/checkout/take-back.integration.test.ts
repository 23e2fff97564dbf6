import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deliver, testEvent } from './stripe/test-stripe-events.ts'
import { type Bought, openShop, purchaseOf, type Shop, until } from './test-shop.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})

afterEach(() => shop.booksAreRight())

afterAll(() => shop.close())

describe('a refund', () => {
  it('of a part takes back its part, and of the rest all', async () => {
    const bought = await paid({ amount: 10 })
    const { refund } = shop.sandbox.stripe.control
    await refund(bought.sessionId, 250)
    await balanceBecomes(bought, 750_000_000)
    await refund(bought.sessionId, 750)
    await balanceBecomes(bought, 0)
  })

  it('in thirds of an uneven rate takes back exactly all', async () => {
    const bought = await paid({ amount: '3.33', currency: 'chf' })
    const { creditsMicrocredits } = await soldOf(bought)
    expect(creditsMicrocredits).toBe(374_069_998)
    for (const part of [111, 111, 111]) await shop.sandbox.stripe.control.refund(bought.sessionId, part)
    await balanceBecomes(bought, 0)
  })

  it('counts in the currency that was paid in', async () => {
    const yen = await paid({ amount: 1500, currency: 'jpy' })
    await shop.sandbox.stripe.control.refund(yen.sessionId, 750)
    await balanceBecomes(yen, 495_000_000)
    const forints = await paid({ amount: 4000, currency: 'huf' })
    await shop.sandbox.stripe.control.refund(forints.sessionId, 100_000)
    await balanceBecomes(forints, 840_000_000)
  })

  it('that fails gives the credits back', async () => {
    const bought = await paid({ amount: 10 })
    const refundId = await shop.sandbox.stripe.control.refund(bought.sessionId, 400)
    await balanceBecomes(bought, 600_000_000)
    await shop.sandbox.stripe.control.failRefund(refundId)
    await balanceBecomes(bought, 1_000_000_000)
  })

  it('is known by its id, however often it is told', async () => {
    const bought = await paid({ amount: 10 })
    const refundId = await shop.sandbox.stripe.control.refund(bought.sessionId, 400)
    await shop.sandbox.stripe.control.resend(refundId, { times: 25 })
    await shop.sandbox.stripe.control.emitAgain('refund.updated', refundId)
    await balanceBecomes(bought, 600_000_000)
  })

  it('that comes before its purchase is kept, and applied when it is credited', async () => {
    const bought = await shop.open()
    const { dropWebhooks, pay, refund, resend } = shop.sandbox.stripe.control
    await dropWebhooks(true)
    await pay(bought.sessionId)
    const refundId = await refund(bought.sessionId, 300)
    await dropWebhooks(false)
    expect(await resend(refundId)).toEqual([200])
    expect(await shop.balanceOf(bought.sessionId)).toBe(0)
    await resend(bought.sessionId)
    expect(await shop.balanceOf(bought.sessionId)).toBe(700_000_000)
  })

  it('of credits that are spent leaves the wallet owing', async () => {
    const bought = await paid({ amount: 10 })
    const { user_id: userId } = await purchaseOf(shop.db, bought.sessionId)
    await shop.db
      .updateTable('wallets')
      .set({ posted_microcredits: 100_000_000 })
      .where('user_id', '=', userId)
      .execute()
    await shop.sandbox.stripe.control.refund(bought.sessionId)
    await balanceBecomes(bought, -900_000_000)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'complete', balance: -900 })
    await shop.db.updateTable('wallets').set({ posted_microcredits: 0 }).where('user_id', '=', userId).execute()
  })
})

describe('a dispute', () => {
  it('takes the disputed credits back, and gives them again when it is won', async () => {
    const bought = await paid({ amount: 10 })
    const disputeId = await shop.sandbox.stripe.control.dispute(bought.sessionId, 600)
    await balanceBecomes(bought, 400_000_000)
    await shop.sandbox.stripe.control.closeDispute(disputeId, 'won')
    await balanceBecomes(bought, 1_000_000_000)
  })

  it('that is lost keeps them', async () => {
    const bought = await paid({ amount: 10 })
    const disputeId = await shop.sandbox.stripe.control.dispute(bought.sessionId)
    await balanceBecomes(bought, 0)
    await shop.sandbox.stripe.control.closeDispute(disputeId, 'lost')
    await until(async () => (await disputeStatus(disputeId)) === 'lost')
    expect(await shop.balanceOf(bought.sessionId)).toBe(0)
  })

  it('of what was refunded takes no more than was bought', async () => {
    const bought = await paid({ amount: 10 })
    await shop.sandbox.stripe.control.refund(bought.sessionId, 800)
    await balanceBecomes(bought, 200_000_000)
    const disputeId = await shop.sandbox.stripe.control.dispute(bought.sessionId)
    await balanceBecomes(bought, 0)
    await shop.sandbox.stripe.control.closeDispute(disputeId, 'won')
    await balanceBecomes(bought, 200_000_000)
  })
})

describe('what cannot be compared', () => {
  it('a dispute in another currency takes all until a person has looked', async () => {
    const bought = await paid({ amount: 10 })
    const { stripe_payment_intent_id: payment } = await purchaseOf(shop.db, bought.sessionId)
    const dispute = { id: 'du_other', object: 'dispute', amount: 5, currency: 'gbp', payment_intent: payment }
    await deliver(shop, testEvent('charge.dispute.created', { ...dispute, status: 'needs_response', metadata: {} }))
    expect(await shop.balanceOf(bought.sessionId)).toBe(0)
  })

  it('a refund of a payment that is not ours is kept and does nothing', async () => {
    const refund = { id: 're_other', object: 'refund', amount: 5, currency: 'usd', payment_intent: 'pi_other' }
    const response = await deliver(shop, testEvent('refund.created', { ...refund, status: 'succeeded', metadata: {} }))
    expect(response.status).toBe(200)
    const row = await shop.db.selectFrom('refunds').selectAll().where('id', '=', 're_other').executeTakeFirstOrThrow()
    expect(row).toMatchObject({ purchase_id: null, debited_microcredits: 0 })
  })
})

async function paid(body: Record<string, unknown>): Promise<Bought> {
  const bought = await shop.open(body)
  await shop.sandbox.stripe.control.pay(bought.sessionId)
  await until(async () => (await shop.statusOf(bought.sessionId)) === 'complete')
  return bought
}

async function balanceBecomes({ sessionId }: Bought, microcredits: number): Promise<void> {
  await until(async () => (await shop.balanceOf(sessionId)) === microcredits).catch(async () =>
    expect(await shop.balanceOf(sessionId)).toBe(microcredits),
  )
}

async function soldOf({ sessionId }: Bought): Promise<{ creditsMicrocredits: number }> {
  return { creditsMicrocredits: (await purchaseOf(shop.db, sessionId)).credits_microcredits }
}

async function disputeStatus(id: string): Promise<string> {
  return (await shop.db.selectFrom('disputes').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status
}
