import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { verifyBooks } from '../../packages/server/src/audit/verify-books.ts'
import { createInFlight } from '../../packages/server/src/gateway/in-flight.ts'
import { createPurge } from '../../packages/server/src/jobs/purge.ts'
import { dayMs, fixedClock } from '../../packages/server/src/kernel/clock.ts'
import { createLogger } from '../../packages/server/src/logger.ts'
import { addCall, addPeople, grant, openTestStore, type TestStore } from '../test-store.ts'

/** What is kept for a time only, and what stays for good. */

let store: TestStore
const clock = fixedClock(20_000 * dayMs)
const nowMs = clock.nowMs()
const daysAgo = (days: number) => nowMs - days * dayMs

beforeEach(async () => {
  store = await openTestStore(inject('postgresUrl'))
  await addPeople(store.db, ['usr_account'])
  await store.db.updateTable('users').set({ email: 'a@example.com' }).where('id', '=', 'usr_account').execute()
})
afterEach(() => store.close())

const purge = (serverId = 'srv_1') =>
  createPurge({
    ...{ db: store.db, clock, logger: createLogger('silent'), inFlight: createInFlight() },
    self: { serverId, hostName: 'h', processId: 1 },
  })()

const idsOf = async (table: 'users' | 'sessions' | 'login_codes' | 'purchases' | 'keys') =>
  (await store.db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id)

describe('codes, sign-ins and questions', () => {
  it('of codes keeps those of the last thirty days', async () => {
    const code = { email: 'a@example.com', partner_id: 'par_1', code_hash: 'h', used_at_ms: null }
    for (const [id, days] of [
      ['old', 30.1],
      ['young', 29],
      ['live', -0.001],
    ] as const)
      await store.db
        .insertInto('login_codes')
        .values({ ...code, id, created_at_ms: 0, expires_at_ms: daysAgo(days) })
        .execute()
    expect(await purge()).toBe(1)
    expect(await idsOf('login_codes')).toEqual(['live', 'young'])
  })

  it('of sessions keeps the live ones, and what ended lately', async () => {
    const session = {
      user_id: 'usr_account',
      place: 'account',
      partner_id: null,
      user_agent: 'x',
      address: '1.2.3.4',
    } as const
    const times = { created_at_ms: 0, last_used_at_ms: 0, verified_at_ms: 0 }
    for (const [id, expires, ended] of [
      ['ended', daysAgo(-20), daysAgo(31)],
      ['expired', daysAgo(31), null],
      ['ended lately', daysAgo(-20), daysAgo(29)],
      ['live', daysAgo(-1), null],
    ] as const)
      await store.db
        .insertInto('sessions')
        .values({ ...session, ...times, id, token_hash: id, expires_at_ms: expires, ended_at_ms: ended })
        .execute()
    expect(await purge()).toBe(2)
    expect(await idsOf('sessions')).toEqual(['ended lately', 'live'])
  })

  it('of questions and challenges keeps those of a day, of browsers those of a year, of links those of thirty days', async () => {
    const { db } = store
    const owner = { user_id: 'usr_account', partner_id: 'par_1' }
    await insertPurchase('pur_paid', 'usr_account', { status: 'complete', daysAgo: 100 })
    for (const [id, old] of [
      ['old', true],
      ['young', false],
    ] as const) {
      const expires = { expires_at_ms: daysAgo(old ? 1.1 : 0.9) }
      const request = { session_id: null, used_at_ms: null, created_at_ms: 0 }
      await db
        .insertInto('consent_requests')
        .values({ id, ...owner, ...request, ...expires })
        .execute()
      await db
        .insertInto('passkey_challenges')
        .values({ id, challenge: 'c', purpose: 'sign_in', user_id: null, ...expires })
        .execute()
      await db
        .insertInto('known_devices')
        .values({
          user_id: 'usr_account',
          device_hash: id,
          created_at_ms: 0,
          last_seen_at_ms: daysAgo(old ? 366 : 364),
        })
        .execute()
      await db
        .insertInto('claim_links')
        .values({
          id,
          purchase_id: 'pur_paid',
          email: 'a@example.com',
          created_at_ms: 0,
          expires_at_ms: daysAgo(old ? 31 : 29),
          used_at_ms: null,
        })
        .execute()
    }
    expect(await purge()).toBe(4)
    for (const table of ['consent_requests', 'passkey_challenges', 'claim_links'] as const)
      expect(await db.selectFrom(table).select('id').execute()).toEqual([{ id: 'young' }])
    expect(await db.selectFrom('known_devices').select('device_hash').execute()).toEqual([{ device_hash: 'young' }])
  })

  it('of Stripe’s events keeps the parked ones, however old, and those of thirty days', async () => {
    for (const [id, state, days] of [
      ['evt_old', 'handled', 31],
      ['evt_parked', 'parked', 400],
      ['evt_young', 'handled', 29],
    ] as const)
      await store.db
        .insertInto('stripe_events')
        .values({
          id,
          state,
          type: 't',
          object_id: 'o',
          outcome: 'x',
          received_at_ms: daysAgo(days),
          handled_at_ms: null,
        })
        .execute()
    expect(await purge()).toBe(1)
    expect(await store.db.selectFrom('stripe_events').select('id').orderBy('id').execute()).toEqual([
      { id: 'evt_parked' },
      { id: 'evt_young' },
    ])
  })

  it('goes through more than a batch, on one server at a time', async () => {
    const code = { email: 'a@example.com', partner_id: 'par_1', code_hash: 'h', used_at_ms: null, created_at_ms: 0 }
    const rows = Array.from({ length: 450 }, (_, index) => ({ ...code, id: `lgn_${index}`, expires_at_ms: 0 }))
    await store.db.insertInto('login_codes').values(rows).execute()
    expect((await Promise.all([purge('srv_a'), purge('srv_b')])).toSorted()).toEqual([0, 450])
  })
})

async function insertPurchase(
  id: string,
  userId: string,
  purchase: {
    readonly status: 'creating' | 'open' | 'processing' | 'complete' | 'expired' | 'failed'
    readonly daysAgo: number
  },
): Promise<void> {
  const row = {
    id,
    partner_id: 'par_1',
    user_id: userId,
    key_id: `key_${userId}`,
    mode: 'embedded',
    currency: 'usd',
  } as const
  await store.db
    .insertInto('purchases')
    .values({
      ...{ ...row, status: purchase.status, amount_minor: 500, credits_microcredits: 500_000_000, expires_at_ms: 0 },
      created_at_ms: daysAgo(purchase.daysAgo),
    })
    .execute()
}

async function insertGuest(id: string, days: number): Promise<void> {
  await store.db
    .insertInto('users')
    .values({ id, created_at_ms: daysAgo(days) })
    .execute()
  const key = {
    id: `key_${id}`,
    secret_hash: id,
    last_four: '0000',
    user_id: id,
    partner_id: 'par_1',
    kind: 'user',
  } as const
  await store.db
    .insertInto('keys')
    .values({ ...key, source: 'checkout', created_at_ms: daysAgo(days) })
    .execute()
}

describe('guests', () => {
  it('who never paid go after thirty days with their keys and tries; whoever has or may have money stays', async () => {
    for (const id of ['usr_none', 'usr_tried', 'usr_failed']) await insertGuest(id, 31)
    await insertPurchase('pur_tried', 'usr_tried', { status: 'expired', daysAgo: 31 })
    const test = { amount_minor: 100, currency: 'usd', created_at_ms: 0, payment_intent_id: 'pi_1' }
    await store.db
      .insertInto('test_payments')
      .values({ id: 'cs_1', purchase_id: 'pur_tried', ...test, state: 'expired' })
      .execute()
    await insertPurchase('pur_failed', 'usr_failed', { status: 'failed', daysAgo: 31 })
    await store.db
      .insertInto('audit_log')
      .values({
        id: 'act_1',
        at_ms: 1,
        actor_kind: 'system',
        action: 'x',
        target_kind: 'user',
        target_id: 'usr_none',
        user_id: 'usr_none',
        address: '203.0.113.9',
      })
      .execute()
    const stay = {
      usr_young: () => insertGuest('usr_young', 29),
      usr_paid: () => insertPurchase('pur_paid', 'usr_paid', { status: 'complete', daysAgo: 31 }),
      usr_waits: () => insertPurchase('pur_waits', 'usr_waits', { status: 'processing', daysAgo: 31 }),
      usr_open: () => insertPurchase('pur_open', 'usr_open', { status: 'open', daysAgo: 31 }),
      usr_tries: () => insertPurchase('pur_tries', 'usr_tries', { status: 'expired', daysAgo: 2 }),
      usr_given: () => grant(store.db, 'usr_given', 1_000_000, daysAgo(31)),
      usr_merged: () =>
        store.db
          .updateTable('users')
          .set({ merged_into_user_id: 'usr_account' })
          .where('id', '=', 'usr_merged')
          .execute(),
      usr_calls: async () => {
        await grant(store.db, 'usr_calls', 110, daysAgo(31))
        await addCall(store.db, {
          id: 'req_1',
          userId: 'usr_calls',
          model: 'a/one',
          costMicrocredits: 100,
          atMs: daysAgo(31),
        })
      },
    }
    for (const [id, add] of Object.entries(stay)) {
      if (id !== 'usr_young') await insertGuest(id, 31)
      await add()
    }
    await store.db.updateTable('purchases').set({ status: 'failed' }).where('id', '=', 'pur_paid').execute()
    await grant(store.db, 'usr_paid', 1, daysAgo(31))
    const before = (await verifyBooks(store.db)).differences
    expect(await purge()).toBe(3)
    expect(await idsOf('users')).toEqual([...Object.keys(stay), 'usr_account'].toSorted())
    expect(await store.db.selectFrom('test_payments').select('id').execute()).toEqual([])
    expect(await idsOf('keys')).toEqual([...Object.keys(stay), 'usr_account'].map((id) => `key_${id}`).toSorted())
    expect(await idsOf('purchases')).toEqual(['pur_open', 'pur_paid', 'pur_tries', 'pur_waits'])
    expect(await store.db.selectFrom('audit_log').select(['id', 'address']).execute()).toEqual([
      { id: 'act_1', address: null },
    ])
    expect((await verifyBooks(store.db)).differences).toEqual(before)
    expect(await purge()).toBe(0)
  })

  it('are found on every page of users', async () => {
    const rows = Array.from({ length: 1_200 }, (_, index) => ({ id: `usr_g${index}`, created_at_ms: daysAgo(31) }))
    for (let first = 0; first < rows.length; first += 400)
      await store.db
        .insertInto('users')
        .values(rows.slice(first, first + 400))
        .execute()
    expect(await purge()).toBe(1_200)
    expect(await idsOf('users')).toEqual(['usr_account'])
  })
})
