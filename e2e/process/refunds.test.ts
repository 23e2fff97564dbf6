import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fulfilPurchase } from '../../packages/server/src/checkout/fulfil-purchase.ts'
import { recordTakeBack } from '../../packages/server/src/checkout/take-back.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { type Buyer, balanceOf, buyCredits, call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack()
  partner = stack.createPartner()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await stack.close()
})

const stripe = () => stack.sandbox.stripe.control
const balance = async (buyer: Buyer) => (await balanceOf(stack, buyer.userKey)).balance

/** A session that is not yet paid. */
async function openBuyer(): Promise<Buyer> {
  const body = { publishable_key: partner.publishable_key, amount: 10 }
  const session = (await call(stack, 'POST', '/v1/checkout/sessions', { body })).body
  return { userKey: String(session.user_key), sessionId: String(session.session_id) }
}

describe('refunds and disputes', () => {
  it('take back credits per refund; parts that make the whole take all of it', async () => {
    const buyer = await buyCredits(stack, partner, 10)
    await stripe().refund(buyer.sessionId, 333)
    await until(async () => (await balance(buyer)) === 667)
    const second = await stripe().refund(buyer.sessionId, 333)
    await stripe().refund(buyer.sessionId, 334)
    await until(async () => (await balance(buyer)) === 0)
    await stripe().resend(second, { times: 5 })
    expect(await balance(buyer)).toBe(0)
    await stripe().failRefund(second)
    await until(async () => (await balance(buyer)) === 333)
    await stripe().resend(second, { times: 3, isReversed: true })
    expect(await balance(buyer)).toBe(333)
  })

  it('of credits that are spent leave a debt: calls answer 402 until it is topped up', async () => {
    const buyer = await buyCredits(stack, partner, 10)
    const say = (content: string) =>
      call(stack, 'POST', '/v1/messages', {
        key: buyer.userKey,
        body: { model: 'claude-sonnet-4', max_tokens: 30_000, messages: [{ role: 'user', content }] },
      })
    expect((await say('Hi [[sandbox: usage-input=100000 usage-output=10000]]')).status).toBe(200)
    await stripe().refund(buyer.sessionId)
    await until(async () => (await balance(buyer)) === -49.5)
    expect(await say('Hi')).toMatchObject({ status: 402, body: { error: { type: 'insufficient_credits' } } })
    const topUp = await call(stack, 'POST', '/v1/checkout/sessions', {
      key: buyer.userKey,
      body: { publishable_key: partner.publishable_key, amount: 10 },
    })
    await stripe().pay(String(topUp.body.session_id))
    await until(async () => (await balance(buyer)) === 950.5)
    expect((await say('Hi')).status).toBe(200)
  })

  it('a dispute takes the credits while it lasts; won gives them back, lost does not', async () => {
    for (const [verdict, left] of [
      ['won', 1000],
      ['lost', 0],
    ] as const) {
      const buyer = await buyCredits(stack, partner, 10)
      const dispute = await stripe().dispute(buyer.sessionId)
      await until(async () => (await balance(buyer)) === 0)
      await stripe().closeDispute(dispute, verdict)
      await stripe().resend(dispute, { times: 2, isReversed: true })
      await until(async () => (await balance(buyer)) === left)
    }
  })

  it('end at the same balance in whatever order, number and company their messages come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        async (order, isRefundFailed, isDisputed) => {
          await stripe().dropWebhooks(true)
          const buyer = await openBuyer()
          await stripe().pay(buyer.sessionId)
          const refund = await stripe().refund(buyer.sessionId, 400)
          if (isRefundFailed) await stripe().failRefund(refund)
          const dispute = isDisputed ? await stripe().dispute(buyer.sessionId, 250) : null
          await stripe().dropWebhooks(false)
          const deliveries = [
            () => stripe().resend(buyer.sessionId, { times: 2 }),
            () => stripe().resend(refund, { isReversed: true }),
            () => stripe().resend(refund),
            () => (dispute === null ? Promise.resolve([]) : stripe().resend(dispute)),
            () => stripe().resend(buyer.sessionId),
            () => call(stack, 'GET', `/v1/checkout/sessions/${buyer.sessionId}`, { key: buyer.userKey }),
          ]
          const shuffled = deliveries
            .map((deliver, index) => ({ deliver, rank: order[index] ?? 0 }))
            .sort((a, b) => a.rank - b.rank)
          for (const { deliver } of shuffled.slice(0, 2)) await deliver()
          await Promise.all(shuffled.slice(2).map(({ deliver }) => deliver()))
          const expected = 1000 - (isRefundFailed ? 0 : 400) - (isDisputed ? 250 : 0)
          expect(await balance(buyer)).toBe(expected)
        },
      ),
      { numRuns: 15 },
    )
  }, 120_000)

  it('and a credit that commit at the same time do not miss each other', async () => {
    const store = openPeopleStore(stack)
    for (let round = 0; round < 30; round += 1) {
      const buyer = await openBuyer()
      const paymentIntentId = `pi_at_once_${round}`
      const { id: purchaseId, stripe_session_id: sessionId } = await store.db
        .selectFrom('purchases')
        .select(['id', 'stripe_session_id'])
        .orderBy('created_at_ms', 'desc')
        .executeTakeFirstOrThrow()
      const paid = {
        ...({ purchaseId, sessionId: sessionId ?? '', paymentIntentId, status: 'complete', currency: 'usd' } as const),
        ...{ isPaid: true, hasFailed: false, isLivemode: false, isOfLiveWorld: true, isPayment: true },
        ...{ amountMinor: 1000, email: null },
      }
      const refund = {
        ...({ kind: 'refunds', id: `re_at_once_${round}`, paymentIntentId, status: 'succeeded' } as const),
        ...{ amountMinor: 400, currency: 'usd', seenAtMs: 1, isOfLiveWorld: true },
      }
      await Promise.all([
        transact(store.db, (transaction) => fulfilPurchase(transaction, paid, Date.now())),
        transact(store.db, (transaction) => recordTakeBack(transaction, refund, Date.now())),
      ])
      expect(await balance(buyer)).toBe(600)
    }
    await store.close()
  })
})
