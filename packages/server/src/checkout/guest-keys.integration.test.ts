import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handOverPurchase } from '../claims/hand-over-purchase.ts'
import { fixedClock, minuteMs } from '../kernel/clock.ts'
import { createGuestPepper, createPepper } from '../keys/pepper.ts'
import { readWallet } from '../ledger/balance.ts'
import { findUser } from '../users/find-user.ts'
import { type Bought, openShop, purchaseOf, type Shop, until } from './test-shop.ts'
import { guestKeyRepeatableMs } from './write-purchase.ts'

/** What becomes of a guest's key when the answer that tells it is lost. */

const clock = fixedClock(Date.now())
let shop: Shop

beforeAll(async () => {
  shop = await openShop({ clock })
})

afterAll(async () => {
  await shop.booksAreRight()
  await shop.close()
})

/** Stripe is asked: a webhook's signature is too old for a clock that was moved on. */
const pay = async (bought: Bought) => {
  await shop.sandbox.stripe.control.pay(bought.sessionId)
  await until(async () => {
    clock.advance(minuteMs)
    return (await shop.read(bought)).body.status === 'complete'
  })
}

describe('a repeat of a guest’s checkout', () => {
  it('tells the same key for ten minutes, and no longer', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await shop.open({}, headers)
    clock.advance(guestKeyRepeatableMs)
    expect((await shop.create({}, headers)).body).toMatchObject({
      session_id: first.sessionId,
      user_key: first.userKey,
    })
    clock.advance(1)
    const late = await shop.create({}, headers)
    expect(late).toMatchObject({ status: 409, body: { error: { type: 'conflict', param: 'Idempotency-Key' } } })
    expect(JSON.stringify(late.body)).toContain(first.sessionId)
    expect(JSON.stringify(late.body)).not.toContain('oc_sk_')
  })

  it('that comes late loses nothing: the first key still sees the payment and spends it, and a new one opens another', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await shop.open({}, headers)
    clock.advance(guestKeyRepeatableMs + 1)
    expect((await shop.create({}, headers)).status).toBe(409)
    await pay(first)
    expect((await shop.read(first)).body).toMatchObject({ status: 'complete', balance: 1000 })
    expect((await shop.create({}, headers)).status).toBe(409)
    const second = await shop.open({}, { 'idempotency-key': randomUUID() })
    expect(second.userKey).not.toBe(first.userKey)
  })

  it('is answered at any time to a user, who sends the key', async () => {
    const { userKey } = await shop.open()
    const headers = { 'idempotency-key': randomUUID(), 'x-user-key': userKey }
    const first = await shop.open({}, headers)
    clock.advance(guestKeyRepeatableMs + 1)
    expect(await shop.open({}, headers)).toEqual(first)
  })

  it('tells no key that was never issued, where GUEST_PEPPER has been changed in between', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const { sessionId } = await shop.open({}, headers)
    const { guestPepper } = shop.deps
    Object.assign(shop.deps, { guestPepper: createGuestPepper('another guest pepper') })
    const repeated = await shop.create({}, headers)
    Object.assign(shop.deps, { guestPepper })
    expect(repeated.status).toBe(409)
    expect(JSON.stringify(repeated.body)).toContain('for ten minutes only')
    expect(await shop.statusOf(sessionId)).toBe('open')
  })
})

describe('a guest’s key', () => {
  it('cannot be made from one pepper, the store and the Idempotency-Key', () => {
    const scope = 'pur_1\0idempotency-key'
    const derive = (keyPepper: string, guestPepper: string) =>
      createGuestPepper(guestPepper).deriveUserKey(createPepper(keyPepper).hash('guest-scope', scope), true)
    expect(derive('key', 'guest')).toMatch(/^oc_sk_[0-9A-Za-z]{49}$/)
    expect(new Set([derive('key', 'guest'), derive('key', 'x'), derive('x', 'guest')]).size).toBe(3)
    expect(derive('key', 'guest')).toBe(derive('key', 'guest'))
  })
})

describe('handOverPurchase', () => {
  const claim = (purchase: string, email = 'buyer@example.com') =>
    handOverPurchase(shop.db, { purchase, email }, clock.nowMs())

  it('hands what was paid over to an account, and ends the key that is lost', async () => {
    const bought = await shop.open()
    await pay(bought)
    const { userId, purchaseId } = await claim(bought.sessionId)
    expect(await findUser(shop.db, userId)).toMatchObject({ email: 'buyer@example.com' })
    expect((await readWallet(shop.db, userId)).postedMicrocredits).toBe(1_000_000_000)
    expect(await purchaseOf(shop.db, bought.sessionId)).toMatchObject({ id: purchaseId, user_id: userId })
    clock.advance(minuteMs)
    expect((await shop.read(bought)).status).toBe(401)
    await expect(claim(bought.sessionId, 'thief@example.com')).rejects.toThrow('belongs to an account')
  })

  it('refuses what is unpaid or unknown', async () => {
    const { sessionId } = await shop.open()
    await expect(claim(sessionId)).rejects.toThrow(/is not paid: its status is open/)
    await expect(claim('pur_none')).rejects.toThrow('no purchase pur_none')
    await expect(claim('cs_none')).rejects.toThrow('no purchase cs_none')
  })
})
