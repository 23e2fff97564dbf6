import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { verifyBooks } from '../audit/verify-books.ts'
import { readWallet } from '../ledger/balance.ts'
import { markSent } from '../ledger/hold.ts'
import { hold, runLedgerTable, seedPeople } from '../ledger/test-ledger.ts'
import { noUsage } from '../pricing/usage.ts'
import { engineOf } from '../store/open-database.ts'
import { runStep } from '../store/step.ts'
import { tellFailure } from '../store/store-failure.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { recoverCall } from './recover-call.ts'
import { releaseRequest, settleRequest } from './settle-request.ts'

let store: TestDatabase
const ended: string[] = []
const books = () => ({
  db: store.db,
  onCallEnded: ({ requestId }: { requestId: string }) => void ended.push(requestId),
})

beforeEach(async () => {
  store = await openTestDatabase()
  ended.length = 0
  await seedPeople(store.db)
  await runLedgerTable(store.db, 'transfer grant:1 operator:grants wallet:U1 1000000 grant → posted')
  await hold(store.db, 'R1', 'U1', 500)
  const row = { id: 'R1', user_id: 'U1', key_id: 'K1', partner_id: 'P1', endpoint: 'messages', model: 'm' } as const
  const terms = { price: '{}', share_basis_points: 1000, fee_basis_points: 0, hold_microcredits: 500 }
  const counts = { is_stream: 0, is_estimated: 0, estimated_input_tokens: 0, progress_output_tokens: 0 }
  await store.db
    .insertInto('requests')
    .values({
      ...{ ...row, ...terms, ...counts },
      ...{ provider: 'anthropic', billed_to: 'credits', state: 'admitted', created_at_ms: 0 },
    })
    .execute()
})

afterEach(() => store.close())

const rates = {
  ...{ inputPerMillion: 10_000_000, cacheReadPerMillion: 0, cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0 },
  ...{ outputPerMillion: 0, perThousandWebSearches: 0 },
}
const price = JSON.stringify({ rates, tiers: [] })
const markHoldSent = () => runStep(store.db, { run: async (session, ids) => [await markSent(session, ids)] }, 'R1')
const call = {
  ...{
    requestId: 'R1',
    userId: 'U1',
    endpoint: 'messages',
    provider: 'anthropic',
    model: 'm',
    isStream: false,
    admittedAtMs: 0,
  },
  ...{
    httpStatus: 200,
    errorCode: null,
    upstreamRequestId: null,
    firstByteAtMs: null,
    partnerId: 'P1',
    livemode: true,
  },
  ending: 'completed',
  measured: { usage: { ...noUsage, inputTokens: 20 }, isEstimated: false },
  terms: { price: { rates, tiers: [] }, shareBasisPoints: 1000, feeBasisPoints: 0 },
  budgetMicrocredits: null,
} as const

it('a call that was settled by a try whose commit was not told is told its charge, and is charged and counted once', async () => {
  expect(await settleRequest(books(), call, 1)).toBe(220)
  expect(await settleRequest(books(), call, 2)).toBe(220)
  expect(ended).toEqual(['R1'])
  expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 1_000_000 - 220, heldMicrocredits: 0 })
})

it('a call whose store was away ends when it is written: roll-ups no longer look for what ended before', async () => {
  const away = tellFailure(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
  vi.spyOn(engineOf(store.db), 'runStep').mockRejectedValueOnce(away)
  expect(await settleRequest(books(), call, 1)).toBe(220)
  const row = await store.db.selectFrom('requests').select('ended_at_ms').executeTakeFirstOrThrow()
  expect(row.ended_at_ms).toBeGreaterThan(90)
})

describe('a call that costs more than its hold', () => {
  /** 500 are held. A token is 10 microcredits, and a tenth on top is the partner's. */
  const using = (inputTokens: number, isEstimated = false) => ({
    ...call,
    measured: { usage: { ...noUsage, inputTokens }, isEstimated },
  })
  const readRow = () => store.db.selectFrom('requests').selectAll().where('id', '=', 'R1').executeTakeFirstOrThrow()
  const readMark = () =>
    store.db
      .selectFrom('users')
      .select(['marked_at_ms', 'marked_by_request_id', 'mark_cleared_at_ms'])
      .where('id', '=', 'U1')
      .executeTakeFirstOrThrow()

  it('charges the wallet for the difference, says so on its row, and marks its user', async () => {
    expect(await settleRequest(books(), using(2000), 7)).toBe(22_000)
    expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 978_000, heldMicrocredits: 0 })
    expect(await readRow()).toMatchObject({
      ...{ hold_microcredits: 500, provider_cost_microcredits: 20_000, share_microcredits: 2000 },
      ...{ charge_microcredits: 22_000, shortfall_microcredits: 0, missed_microcredits: 21_500 },
      over_budget_microcredits: 0,
    })
    expect(await readMark()).toEqual({ marked_at_ms: 7, marked_by_request_id: 'R1', mark_cleared_at_ms: null })
  })

  it('leaves to the operator what the wallet cannot pay, without a share', async () => {
    expect(await settleRequest(books(), using(200_000), 7)).toBe(1_000_000)
    expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 0, heldMicrocredits: 0 })
    expect(await readRow()).toMatchObject({
      ...{ provider_cost_microcredits: 2_000_000, share_microcredits: 0, fee_microcredits: 0 },
      ...{ charge_microcredits: 1_000_000, shortfall_microcredits: 1_000_000, missed_microcredits: 2_199_500 },
    })
    expect((await verifyBooks(store.db)).differences).toEqual([])
  })

  it('marks with the first such call, however many follow', async () => {
    await settleRequest(books(), using(2000), 7)
    await hold(store.db, 'R2', 'U1', 500)
    await settleRequest(books(), { ...using(2000), requestId: 'R2' }, 9)
    expect(await readMark()).toMatchObject({ marked_at_ms: 7, marked_by_request_id: 'R1' })
  })

  it('marks nobody if it cost what was held or less', async () => {
    await settleRequest(books(), using(45), 7)
    expect(await readRow()).toMatchObject({ charge_microcredits: 495, missed_microcredits: 0 })
    expect(await readMark()).toMatchObject({ marked_at_ms: null })
  })

  it('is no estimate: that is capped at the hold, and marks nobody', async () => {
    expect(await settleRequest(books(), using(2000, true), 7)).toBe(500)
    expect(await readRow()).toMatchObject({
      ...{ is_estimated: 1, provider_cost_microcredits: 455, share_microcredits: 45 },
      ...{ shortfall_microcredits: 0, missed_microcredits: 0 },
    })
    expect(await readMark()).toMatchObject({ marked_at_ms: null })
    expect((await verifyBooks(store.db)).differences).toEqual([])
  })

  it('marks the account into which its guest was merged while it ran: the account’s wallet pays', async () => {
    await store.db.updateTable('users').set({ email: 'u2@example.com' }).where('id', '=', 'U2').execute()
    await transact(store.db, (transaction) => mergeGuest(transaction, { guestUserId: 'U1', accountUserId: 'U2' }, 5))
    await settleRequest(books(), using(2000), 7)
    const marked = await store.db.selectFrom('users').select('id').where('marked_at_ms', 'is not', null).execute()
    expect(marked).toEqual([{ id: 'U2' }])
    expect((await verifyBooks(store.db)).differences).toEqual([])
  })
})

describe('a fault of ours while a call is settled', () => {
  /** Makes every insert into transfers fail, as a bug would: the statement is wrong, the store is available. */
  const breakTransfers = () =>
    sql`create trigger fault before insert on transfers begin select raise(abort, 'a bug'); end`.execute(store.db)

  it('is thrown at once and not retried for minutes; the hold stays, and recovery charges the call once', async () => {
    await breakTransfers()
    const startedAtMs = performance.now()
    await expect(settleRequest(books(), call, 1)).rejects.toThrow('a bug')
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 1_000_000, heldMicrocredits: 500 })
    await sql`drop trigger fault`.execute(store.db)
    await store.db.updateTable('requests').set({ estimated_input_tokens: 20, price }).execute()
    await markHoldSent()
    const left = await store.db.selectFrom('holds').selectAll().executeTakeFirstOrThrow()
    await recoverCall({ ...books(), clock: { nowMs: () => 2 } }, left)
    expect(await readWallet(store.db, 'U1')).toMatchObject({ postedMicrocredits: 999_780, heldMicrocredits: 0 })
    expect(ended).toEqual(['R1'])
    expect((await verifyBooks(store.db)).differences).toEqual([])
  })

  it('does not fail other calls that are settled in the same batch', async () => {
    await hold(store.db, 'R2', 'U1', 500)
    await sql`create trigger fault before insert on transfers when new.cause_id = 'R1'
      begin select raise(abort, 'a bug'); end`.execute(store.db)
    const [first, second] = await Promise.allSettled([
      settleRequest(books(), call, 1),
      settleRequest(books(), { ...call, requestId: 'R2' }, 1),
    ])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })
})

describe('an unknown charge', () => {
  it.each([
    ['there is no row', () => store.db.deleteFrom('requests').execute()],
    ['the row says none', () => store.db.updateTable('requests').set({ charge_microcredits: null }).execute()],
  ])('is an error and never 0: %s', async (_label, forget) => {
    await settleRequest(books(), call, 1)
    await forget()
    await expect(settleRequest(books(), call, 2)).rejects.toThrow('the charge of R1 is unknown')
  })

  it('is not the charge of a call whose hold another server has released: that is 0', async () => {
    await releaseRequest(books(), call, 1)
    expect(await settleRequest(books(), call, 2)).toBe(0)
  })
})
