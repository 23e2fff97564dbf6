import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, fixedClock } from '../kernel/clock.ts'
import { type Bought, openShop, paidUnseen, type Shop, until } from './test-shop.ts'

let shop: Shop
let clock: Clock & { advance(byMs: number): void }

beforeEach(async () => {
  clock = fixedClock(Date.now())
  shop = await openShop({ clock })
})

afterEach(async () => {
  await shop.booksAreRight()
  await shop.close()
})

describe('GET /v1/checkout/sessions/{id}', () => {
  it('asks Stripe when the webhook does not come', async () => {
    const bought = await paidUnseen(shop)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'complete', balance: 1000, credits_added: 1000 })
    // The webhook that comes at last changes nothing.
    await shop.sandbox.stripe.control.resend(bought.sessionId)
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })

  it('asks Stripe at most every two seconds', async () => {
    const bought = await shop.open()
    await shop.sandbox.stripe.control.dropWebhooks(true)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'open', credits_added: 0 })
    await shop.sandbox.stripe.control.pay(bought.sessionId)
    clock.advance(1_900)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'open' })
    clock.advance(200)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'complete' })
  })

  it('tells of a delayed payment: on its way, arrived', async () => {
    const bought = await shop.open()
    await shop.sandbox.stripe.control.dropWebhooks(true)
    await shop.sandbox.stripe.control.pay(bought.sessionId, '4000000000000077')
    expect((await shop.read(bought)).body).toMatchObject({ status: 'processing', credits_added: 0, balance: 0 })
    await paymentEnds(bought)
    clock.advance(2_100)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'complete', balance: 1000 })
  })

  it('tells of a delayed payment that failed, by webhook and without', async () => {
    for (const isDropping of [false, true]) {
      const bought = await shop.open()
      await shop.sandbox.stripe.control.dropWebhooks(isDropping)
      await shop.sandbox.stripe.control.pay(bought.sessionId, '4000000000000093')
      await paymentEnds(bought)
      if (!isDropping) await until(async () => (await shop.statusOf(bought.sessionId)) === 'failed')
      clock.advance(2_100)
      expect((await shop.read(bought)).body).toMatchObject({
        status: 'failed',
        failure: expect.stringContaining('Nothing was charged'),
        credits_added: 0,
      })
    }
  })

  it('tells that a session expired', async () => {
    for (const isDropping of [false, true]) {
      const bought = await shop.open()
      await shop.sandbox.stripe.control.dropWebhooks(isDropping)
      await shop.sandbox.stripe.control.expire(bought.sessionId)
      if (!isDropping) await until(async () => (await shop.statusOf(bought.sessionId)) === 'expired')
      expect((await shop.read(bought)).body).toMatchObject({ status: 'expired' })
    }
  })

  it('answers from what it knows while Stripe is gone', async () => {
    const bought = await shop.open()
    await shop.sandbox.stripe.control.failNextCalls(1000, 500)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'open' })
    await shop.sandbox.stripe.control.failNextCalls(1000, 'drop')
    clock.advance(2_100)
    expect((await shop.read(bought)).body).toMatchObject({ status: 'open' })
  })

  it('is the same 404 for an unknown session and another’s', async () => {
    const [mine, other] = [await shop.open(), await shop.open()]
    const foreign = await shop.read({ ...mine, userKey: other.userKey })
    const unknown = await shop.read({ ...mine, sessionId: 'cs_test_unknown' })
    expect(foreign.status).toBe(404)
    const error = (answer: typeof foreign) => ({ ...(answer.body.error as object), request_id: '' })
    expect(error(foreign)).toEqual(error(unknown))
    expect((await shop.call('GET', `/v1/checkout/sessions/${mine.sessionId}`)).status).toBe(401)
  })
})

async function paymentEnds({ sessionId }: Bought): Promise<void> {
  await until(async () => {
    const { events } = await shop.sandbox.stripe.control.record()
    return events.some((event) => String(event.type).includes('async_payment') && idIn(event.data) === sessionId)
  })
}

function idIn(data: unknown): string {
  return (data as { readonly object: { readonly id: string } }).object.id
}
