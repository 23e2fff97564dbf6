import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { giveConsent } from '../keys/consents.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { createPepper } from '../keys/pepper.ts'
import { budgetOf, readKeyOfId } from '../keys/read-key.ts'
import { readWallet } from '../ledger/balance.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { extend, fund, hold, release, runLedgerTable, seedPeople, settle } from '../ledger/test-ledger.ts'
import { verifyLedger } from '../ledger/verify.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { mergeGuest } from './merge-guest.ts'

let store: TestDatabase
let runs = 0

beforeAll(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})
afterAll(() => store.close())

const amount = fc.integer({ min: 1, max: 120 })
const key = fc.integer({ min: 0, max: 2 })
const call = fc.integer({ min: 0, max: 9 })

const operation = fc.oneof(
  fc.record({ kind: fc.constant('pay' as const), amount }),
  fc.record({ kind: fc.constant('refund' as const), amount }),
  fc.record({ kind: fc.constant('hold' as const), key, amount }),
  fc.record({ kind: fc.constant('extend' as const), call, amount }),
  fc.record({ kind: fc.constant('settle' as const), call, percent: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ kind: fc.constant('release' as const), call }),
)

type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never

/** A guest with two keys of an app, a third with a budget of 30, and an account with 1 000 that never spends. */
async function makePeople() {
  runs += 1
  const [guest, account] = [`G${runs}`, `A${runs}`]
  for (const id of [guest, account])
    await store.db
      .insertInto('users')
      .values({ id, email: id === account ? `${id}@example.com` : null, created_at_ms: 0 })
      .execute()
  const keys = [0, 1, 2].map((number) => `${guest}K${number}`)
  for (const [number, id] of keys.entries())
    await store.db
      .insertInto('keys')
      .values({
        ...{ id, kind: 'user', secret_hash: id, last_four: '0000', user_id: guest, partner_id: 'P1', created_at_ms: 0 },
        ...(number === 2
          ? { source: 'named' as const, budget_microcredits: 30, budget_window: 'total' as const }
          : { source: 'checkout' as const }),
      })
      .execute()
  await fund(store.db, account, 1000, `purchase:${account}`)
  return { guest, account, keys }
}

/** Lets the app spend so much in all, with a key of its own under it. */
async function allow(
  accountUserId: string,
  budget: number,
): Promise<{ readonly consentId: string; readonly key: string }> {
  const limits = { budget: microcredits(budget), window: 'total', models: null, expires_at: null } as const
  return transact(store.db, async (transaction) => {
    const { id: consentId } = await giveConsent(
      transaction,
      { partnerId: 'P1', limits, by: { userId: accountUserId } },
      1,
    )
    const request = { userId: accountUserId, partnerId: 'P1', livemode: true, consentId, source: 'login' } as const
    return { consentId, key: (await issueUserKey(transaction, createPepper('a pepper'), request, 1)).keyId }
  })
}

type People = Awaited<ReturnType<typeof makePeople>>

/** Does one thing with the guest's keys, or to the guest's wallet, as it is owned now. */
async function play(
  { guest, keys, budget }: People & { readonly budget?: number },
  step: Operation,
  holds: Map<string, number>,
) {
  const ids = [...holds.keys()]
  const open = 'call' in step ? ids[step.call % Math.max(1, ids.length)] : undefined
  if (step.kind === 'pay')
    await fund(store.db, guest, step.amount, `purchase:${guest}:${holds.size}:${Math.trunc(performance.now() * 1e6)}`)
  else if (step.kind === 'refund')
    await runLedgerTable(
      store.db,
      `transfer refund:${guest}:${Math.trunc(performance.now() * 1e6)} wallet:${guest} operator:purchases ${step.amount} refund → posted`,
    )
  else if (step.kind === 'hold') {
    const row = await readKeyOfId(store.db, keys[step.key] ?? '')
    if (row === undefined || row.user_id === null || row.revoked_at_ms !== null) return
    const { budgetId, budget, guestBudgetId } = budgetOf(row)
    const limits = budget === null ? null : { ...budget, windowStartMs: budgetWindowStartMs(budget.window, 0) }
    const id = `${guest}R${holds.size}`
    const placed = await hold(store.db, id, row.user_id, step.amount, { budgetId, guestBudgetId, budget: limits })
    if (placed.outcome === 'held') holds.set(id, step.amount)
  } else if (open === undefined) return
  else if (step.kind === 'extend') {
    const extended = await extend(store.db, open, step.amount, budget)
    if (extended.outcome === 'extended') holds.set(open, (holds.get(open) ?? 0) + step.amount)
  } else if (step.kind === 'settle')
    await settle(store.db, open, [Math.floor(((holds.get(open) ?? 0) * step.percent) / 100), 0, 0])
  else await release(store.db, open)
}

describe('mergeGuest', () => {
  it('lets the guest’s keys spend what came along and no more, calls in flight included, in any sequence', async () => {
    const sequence = fc.array(operation, { minLength: 5, maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(sequence, sequence, async (before, after) => {
        const people = await makePeople()
        const { guest, account } = people
        const holds = new Map<string, number>()
        await fund(store.db, guest, 150, `purchase:${guest}`)
        for (const step of before) await play(people, step, holds)
        const { postedMicrocredits: posted, heldMicrocredits: held } = await readWallet(store.db, guest)
        await transact(store.db, (transaction) =>
          mergeGuest(transaction, { guestUserId: guest, accountUserId: account }, 1),
        )
        expect(await readWallet(store.db, guest)).toMatchObject({ postedMicrocredits: 0, heldMicrocredits: 0 })
        expect((await verifyLedger(store.db)).differences).toEqual([])
        // The account has its own 1 000 and what came along; no debt does, and what is held is covered.
        expect(await readWallet(store.db, account)).toMatchObject({
          ...{ postedMicrocredits: 1000 + Math.max(posted, held), heldMicrocredits: held },
        })
        for (const step of after) if (step.kind !== 'pay' && step.kind !== 'refund') await play(people, step, holds)
        expect((await verifyLedger(store.db)).differences).toEqual([])
        const wallet = await readWallet(store.db, account)
        expect(wallet.availableMicrocredits).toBeGreaterThanOrEqual(1000)
        if (posted <= 0) {
          const live = await store.db
            .selectFrom('keys')
            .select('id')
            .where('user_id', '=', account)
            .where('revoked_at_ms', 'is', null)
            .execute()
          expect(live).toEqual([])
        }
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('lets them and the app’s new key together spend what the user has allowed, whenever that was, in any sequence', async () => {
    const sequence = fc.array(operation, { minLength: 10, maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.integer({ min: 20, max: 300 }), sequence, async (isBefore, budget, steps) => {
        const people = await makePeople()
        const { guest, account } = people
        await fund(store.db, guest, 150, `purchase:${guest}`)
        const before = isBefore ? await allow(account, budget) : null
        await transact(store.db, (transaction) =>
          mergeGuest(transaction, { guestUserId: guest, accountUserId: account }, 1),
        )
        const { consentId, key: fresh } = before ?? (await allow(account, budget))
        const owned = { ...people, keys: [...people.keys.slice(0, 2), fresh], budget }
        const holds = new Map<string, number>()
        for (const step of steps) if (step.kind !== 'pay' && step.kind !== 'refund') await play(owned, step, holds)
        expect((await verifyLedger(store.db)).differences).toEqual([])
        const { availableMicrocredits: left } = await readWallet(store.db, account)
        expect(1150 - left).toBeLessThanOrEqual(budget)
        const windows = await store.db.selectFrom('key_windows').selectAll().execute()
        const usedOf = (id: string) => {
          const window = windows.find((one) => one.budget_id === id)
          return (window?.spent_microcredits ?? 0) + (window?.held_microcredits ?? 0)
        }
        expect(usedOf(consentId)).toBe(1150 - left)
        expect(usedOf(`merge:${guest}`)).toBeLessThanOrEqual(150)
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})
