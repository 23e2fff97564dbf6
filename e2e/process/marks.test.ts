import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { verifyBooks } from '../../packages/server/src/audit/verify-books.ts'
import { settleRequest } from '../../packages/server/src/gateway/settle-request.ts'
import { microcredits } from '../../packages/server/src/kernel/microcredits.ts'
import { readWallet } from '../../packages/server/src/ledger/balance.ts'
import {
  type HoldPlan,
  type HoldRequest,
  type PlaceOutcome,
  placeHolds,
} from '../../packages/server/src/ledger/hold.ts'
import { noUsage } from '../../packages/server/src/pricing/usage.ts'
import { runStep, type Step } from '../../packages/server/src/store/step.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { clearMark } from '../../packages/server/src/users/marked-users.ts'
import { mergeGuest } from '../../packages/server/src/users/merge-guest.ts'
import { addPeople, grant, openTestStore, requestRow, type TestStore } from '../test-store.ts'

/** Marks that are set while something else changes the same user. */

let store: TestStore

beforeEach(async () => {
  store = await openTestStore(inject('postgresUrl'))
})

afterEach(() => store.close())

const rates = {
  ...{ inputPerMillion: 1_000_000, cacheReadPerMillion: 0, cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0 },
  ...{ outputPerMillion: 0, perThousandWebSearches: 0 },
}
const admission: Step<HoldRequest<HoldPlan>, PlaceOutcome<HoldPlan>> = { run: placeHolds }

/** Admits a call with a hold of 10 microcredits. @returns its settlement, which costs 110. */
async function admit(id: string, userId: string): Promise<(atMs: number) => Promise<number>> {
  await runStep(store.db, admission, {
    ...{
      id,
      userId,
      budgetId: `key_${userId}`,
      budget: null,
      guestBudgetId: null,
      serverId: 'srv_1',
      createdAtMs: 0,
      expiresAtMs: 1000,
    },
    plan: () => ({ amountMicrocredits: microcredits(10), state: 'sent' }),
  })
  const { ended_at_ms: _, ...row } = requestRow({ id, userId, model: 'm', atMs: 0 })
  await store.db
    .insertInto('requests')
    .values({ ...row, state: 'admitted', ending: null, hold_microcredits: 10 })
    .execute()
  return (atMs) =>
    settleRequest(
      { db: store.db, onCallEnded: () => {} },
      {
        ...{ requestId: id, userId, endpoint: 'messages', provider: 'anthropic', model: 'm', isStream: false },
        ...{ admittedAtMs: 0, httpStatus: 200, errorCode: null, upstreamRequestId: null, firstByteAtMs: null },
        ...{ ending: 'completed', partnerId: 'par_1', livemode: true, budgetMicrocredits: null },
        measured: { usage: { ...noUsage, inputTokens: 100 }, isEstimated: false },
        terms: { price: { rates, tiers: [] }, shareBasisPoints: 1000, feeBasisPoints: 0 },
      },
      atMs,
    )
}

it('a call that is settled while its user’s mark is cleared leaves a mark that is set or was cleared afterwards', async () => {
  await addPeople(store.db, ['usr_1'])
  await grant(store.db, 'usr_1', 1_000_000, 0)
  for (let turn = 0; turn < 40; turn += 1) {
    const settlements = await Promise.all([0, 1, 2].map((one) => admit(`R${turn}_${one}`, 'usr_1')))
    // The clock of whoever clears is behind that of the servers.
    await Promise.all([
      ...settlements.map((settle) => settle(1000 + turn)),
      clearMark(store.db, 'usr_1', turn),
      clearMark(store.db, 'usr_1', turn),
    ])
    expect((await verifyBooks(store.db)).differences).toEqual([])
  }
})

it('calls of guests who sign in before or while they are settled mark the accounts', async () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  await addPeople(store.db, [...numbers.map((one) => `usr_g${one}`), ...numbers.map((one) => `usr_a${one}`)])
  await Promise.all(
    numbers.map(async (one) => {
      await grant(store.db, `usr_g${one}`, 1000, 0)
      const settlements = await Promise.all([0, 1].map((call) => admit(`R${one}_${call}`, `usr_g${one}`)))
      // Every second guest has the mark already, and it moves.
      if (one % 2 === 0) await settlements.pop()?.(500)
      const merge = { guestUserId: `usr_g${one}`, accountUserId: `usr_a${one}` }
      await Promise.all([
        ...settlements.map((settle) => settle(1000)),
        transact(store.db, (transaction) => mergeGuest(transaction, merge, 1000)),
      ])
    }),
  )
  expect((await verifyBooks(store.db)).differences).toEqual([])
  const marked = await store.db.selectFrom('users').select('id').where('marked_at_ms', 'is not', null).execute()
  expect(marked.map(({ id }) => id).toSorted()).toEqual(numbers.map((one) => `usr_a${one}`).toSorted())
  for (const one of numbers)
    expect(await readWallet(store.db, `usr_a${one}`)).toMatchObject({ postedMicrocredits: 780, heldMicrocredits: 0 })
})
