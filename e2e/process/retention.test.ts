import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { verifyBooks } from '../../packages/server/src/audit/verify-books.ts'
import { readHistory } from '../../packages/server/src/credits/history.ts'
import { createInFlight } from '../../packages/server/src/gateway/in-flight.ts'
import { forgetOldRequests } from '../../packages/server/src/jobs/forget-old-requests.ts'
import { dayMs, fixedClock } from '../../packages/server/src/kernel/clock.ts'
import { createLogger } from '../../packages/server/src/logger.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import { addCall, addPeople, grant, openTestStore, requestRow, type TestStore } from '../test-store.ts'

let store: TestStore
/** Noon, so that a day back is the middle of a day. */
const clock = fixedClock(20_000 * dayMs + dayMs / 2)
const nowMs = clock.nowMs()

beforeEach(async () => {
  store = await openTestStore(inject('postgresUrl'))
  await addPeople(store.db, ['usr_1', 'usr_2'])
  await grant(store.db, 'usr_1', 1_000_000, nowMs - 100 * dayMs)
  await grant(store.db, 'usr_2', 1_000_000, nowMs - 100 * dayMs)
})

afterEach(() => store.close())

const retire = (serverId = 'srv_1', requestRetentionDays: number | null = 30) =>
  forgetOldRequests({
    db: store.db,
    clock,
    logger: createLogger('silent'),
    inFlight: createInFlight(),
    self: { serverId, hostName: 'h', processId: 1 },
    requestRetentionDays,
  })

const call = (id: string, daysAgo: number, options: { userId?: string; model?: string; cost?: number } = {}) =>
  addCall(store.db, {
    id,
    userId: options.userId ?? 'usr_1',
    model: options.model ?? 'a/one',
    costMicrocredits: options.cost ?? 100,
    atMs: nowMs - daysAgo * dayMs,
  })

const historyOf = async (userId: string) =>
  (await readHistory(store.db, { userId, partnerId: null, keyId: null }, { limit: 50, offset: 0, after: null })).data

async function balanceOf(userId: string): Promise<number> {
  const row = await store.db.selectFrom('wallets').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()
  return row.posted_microcredits
}

describe('REQUEST_RETENTION_DAYS', () => {
  it('folds old calls into days, keeps young ones, and the history still adds up to the balance', async () => {
    await call('req_1', 40)
    await call('req_2', 40, { cost: 250 })
    await call('req_3', 40, { model: 'a/two' })
    await call('req_4', 39)
    await call('req_5', 40, { userId: 'usr_2' })
    await call('req_6', 29)
    expect(await retire()).toBe(5)
    const history = await historyOf('usr_1')
    expect(history.map((one) => [one.type, one.credits, 'calls' in one ? one.calls : null])).toEqual([
      ['usage', -0.00011, null],
      ['usage', -0.00011, 1],
      expect.arrayContaining(['usage']),
      expect.arrayContaining(['usage']),
      ['grant', 1, null],
    ])
    const day = history.find((one) => 'calls' in one && one.calls === 2)
    expect(day).toMatchObject({ credits: -0.000385, model: 'a/one', input_tokens: 20, output_tokens: 10 })
    expect(day).toMatchObject({ created_at: new Date(nowMs - 40 * dayMs - dayMs / 2).toISOString() })
    const sum = history.reduce((total, one) => total + Math.round(one.credits * 1e6), 0)
    expect(sum).toBe(await balanceOf('usr_1'))
    expect((await verifyBooks(store.db)).differences).toEqual([])
    const { total } = await readHistory(
      store.db,
      { userId: 'usr_1', partnerId: null, keyId: null },
      { limit: 2, offset: 0, after: null },
    )
    expect(total).toBe(history.length)
  })

  it('adds to a day that was folded before, batch after batch', async () => {
    for (let number = 0; number < 210; number += 1) await call(`req_${number}`, 40)
    expect(await retire()).toBe(210)
    await call('req_late', 40)
    expect(await retire()).toBe(1)
    expect(await historyOf('usr_1')).toMatchObject([
      { type: 'usage', calls: 211, credits: -0.02321 },
      { type: 'grant' },
    ])
    expect((await verifyBooks(store.db)).differences).toEqual([])
  })

  it('leaves a call alone that still runs, and forgets one that failed for nothing', async () => {
    const row = requestRow({ id: 'req_running', userId: 'usr_1', model: 'a/one', atMs: nowMs - 40 * dayMs })
    const open = { state: 'admitted', ending: null, ended_at_ms: null } as const
    const failed = { id: 'req_failed', state: 'released', ending: 'upstream_error', billed_to: 'passthrough' } as const
    await store.db
      .insertInto('requests')
      .values([{ ...row, ...open, billed_to: 'passthrough' }])
      .execute()
    await store.db
      .insertInto('requests')
      .values({ ...row, ...failed })
      .execute()
    expect(await retire()).toBe(1)
    expect(await store.db.selectFrom('requests').select('id').execute()).toEqual([{ id: 'req_running' }])
    expect(await store.db.selectFrom('usage_days').selectAll().execute()).toEqual([])
  })

  it('does nothing unless it is set', async () => {
    await call('req_1', 4000)
    expect(await retire('srv_1', null)).toBe(0)
    expect(await store.db.selectFrom('requests').select('id').execute()).toHaveLength(1)
  })

  it('is done by one server at a time; another takes over when its lease is over', async () => {
    await call('req_1', 40)
    const folded = await Promise.all(['srv_a', 'srv_b', 'srv_c'].map((id) => retire(id)))
    expect(folded.toSorted()).toEqual([0, 0, 1])
    const { server_id: first } = await store.db.selectFrom('job_leases').selectAll().executeTakeFirstOrThrow()
    const other = first === 'srv_a' ? 'srv_b' : 'srv_a'
    await call('req_2', 40)
    expect(await retire(other)).toBe(0)
    expect(await retire(first)).toBe(1)
    await call('req_3', 40)
    await store.db.updateTable('job_leases').set({ until_ms: nowMs }).execute()
    expect(await retire(other)).toBe(1)
  })

  it('moves a guest’s days to the account that it signs in to', async () => {
    await store.db.updateTable('users').set({ email: 'a@example.com' }).where('id', '=', 'usr_2').execute()
    await call('req_1', 40)
    await retire()
    await transact(store.db, (transaction) =>
      mergeGuest(transaction, { guestUserId: 'usr_1', accountUserId: 'usr_2' }, nowMs),
    )
    expect((await historyOf('usr_2')).filter((one) => one.type === 'usage')).toMatchObject([{ calls: 1 }])
    expect(await historyOf('usr_1')).not.toContainEqual(expect.objectContaining({ type: 'usage' }))
    expect((await verifyBooks(store.db)).differences).toEqual([])
  })

  it('is proved: a day that says another charge, or a call that lost its row otherwise, is a difference', async () => {
    await call('req_1', 40)
    await retire()
    await store.db.updateTable('usage_days').set({ charge_microcredits: 111 }).execute()
    expect((await verifyBooks(store.db)).differences).toMatchObject([{ kind: 'usage_day' }])
    await store.db.updateTable('usage_days').set({ charge_microcredits: 110 }).execute()
    await call('req_2', 10)
    await store.db.deleteFrom('requests').where('id', '=', 'req_2').execute()
    expect((await verifyBooks(store.db)).differences).toMatchObject([
      { kind: 'usage_day', actual: expect.stringContaining('charge 110') },
    ])
  })
})
