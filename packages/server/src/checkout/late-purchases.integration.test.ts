import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, fixedClock, hourMs, minuteMs } from '../kernel/clock.ts'
import { createLateLookUp, lookUpLatePurchases } from './look-up-late.ts'
import { replayParkedEvents } from './stripe/replay-parked-events.ts'
import { openShop, paidUnseen, purchaseOf, type Shop } from './test-shop.ts'

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

describe('the job for late purchases', () => {
  it('credits what was paid behind a closed page', async () => {
    const bought = await paidUnseen(shop)
    await lookUpLatePurchases(shop.deps)
    expect(await shop.statusOf(bought.sessionId)).toBe('open')
    clock.advance(2 * minuteMs)
    await lookUpLatePurchases(shop.deps)
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })

  it('gets to each of many, however many come after', async () => {
    const bought = await paidUnseen(shop)
    clock.advance(2 * minuteMs)
    const { id: _id, stripe_session_id: _session, ...row } = await purchaseOf(shop.db, bought.sessionId)
    for (let index = 0; index < 120; index += 1) {
      const created = { created_at_ms: row.created_at_ms + 1, expires_at_ms: row.expires_at_ms + hourMs }
      const newer = { ...row, ...created, id: `pur_${index}`, stripe_session_id: `cs_${index}` }
      await shop.db.insertInto('purchases').values(newer).execute()
    }
    for (let turn = 0; turn < 60 && (await shop.statusOf(bought.sessionId)) === 'open'; turn += 1)
      await lookUpLatePurchases(shop.deps)
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })

  it('lets a purchase that never got a session expire', async () => {
    await shop.sandbox.stripe.control.failNextCalls(1000, 500)
    await shop.create()
    clock.advance(3 * hourMs)
    await lookUpLatePurchases(shop.deps)
    expect(await shop.db.selectFrom('purchases').select('status').execute()).toEqual([{ status: 'expired' }])
  })
})

describe('the job for parked events', () => {
  it('takes an event in once its purchase is known, and tries the others ever more rarely', async () => {
    const bought = await paidUnseen(shop)
    const { id, stripe_session_id: sessionId } = await purchaseOf(shop.db, bought.sessionId)
    const rename = (to: string | null) =>
      shop.db.updateTable('purchases').set({ stripe_session_id: to }).where('id', '=', id).execute()
    await makeUnknown(bought.sessionId)
    await rename(null)
    expect(await shop.sandbox.stripe.control.resend(bought.sessionId)).toEqual([409])
    const tries: number[] = []
    for (let minute = 0; minute < 60; minute += 1) {
      clock.advance(minuteMs)
      await replayParkedEvents(shop.deps)
      const { handled_at_ms: triedAtMs } = await parkedEvent()
      if (tries.at(-1) !== triedAtMs) tries.push(triedAtMs ?? 0)
    }
    expect(tries.length).toBeGreaterThan(4)
    expect(tries.length).toBeLessThan(9)
    await rename(sessionId)
    clock.advance(2 * hourMs)
    await replayParkedEvents(shop.deps)
    expect(await parkedEvent()).toMatchObject({ state: 'handled' })
    expect(await shop.balanceOf(bought.sessionId)).toBe(1_000_000_000)
  })
})

describe('createLateLookUp', () => {
  it('asks once for pages that wait together', async () => {
    const bought = await shop.open()
    let asked = 0
    const { live, test } = shop.deps.payments
    const findSession = (id: string) => {
      asked += 1
      return live.payments.findSession(id)
    }
    const payments = { ...live.payments, findSession }
    const lookUp = createLateLookUp({ ...shop.deps, payments: { test, live: { ...live, payments } } })
    const purchase = await purchaseOf(shop.db, bought.sessionId)
    await Promise.all(Array.from({ length: 20 }, () => lookUp.ask(purchase)))
    expect(asked).toBe(1)
  })
})

/** The sandbox's objects are live: without our names on it, it is somebody else's session. */
async function makeUnknown(sessionId: string): Promise<void> {
  const { events } = await shop.sandbox.stripe.control.record()
  for (const event of events) {
    const { object } = event.data as { readonly object: Record<string, unknown> }
    if (object.id === sessionId) Object.assign(object, { metadata: {}, client_reference_id: null })
  }
}

async function parkedEvent() {
  return shop.db.selectFrom('stripe_events').selectAll().executeTakeFirstOrThrow()
}
