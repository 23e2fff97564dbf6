import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock, hourMs, minuteMs } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { createPepper } from '../keys/pepper.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import { appendTransfers, type Entry, postTransfers } from '../ledger/post-transfers.ts'
import { ensureAccountApp } from '../partners/account-app.ts'
import { runStep, type Step } from '../store/step.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createGuest, findOrCreateAccount } from '../users/find-user.ts'
import { takeDueMails } from '../users/mail/outbox.ts'
import { watchFunds } from './watch-funds.ts'

const startMs = Date.UTC(2026, 10, 21, 12)
const clock = fixedClock(startMs)
const self = { serverId: 'srv_1', hostName: 'h', processId: 1 }
const pepper = createPepper('a pepper')

let store: TestDatabase
let userId: string
let transfers = 0

beforeEach(async () => {
  store = await openTestDatabase()
  await ensureAccountApp(store.db, startMs)
  userId = await transact(store.db, (transaction) =>
    findOrCreateAccount(transaction, { email: 'a@example.com', livemode: true }, startMs),
  )
})
afterEach(() => store.close())

const deps = () => ({ db: store.db, clock, self })

async function move(credits: number, ofUser = userId): Promise<void> {
  transfers += 1
  const [from, to] = ['operator:grants', walletAccount(ofUser)] as const
  const transfer = {
    ...({ id: `grant:${transfers}`, code: 'grant', causeId: `grt_${transfers}` } as const),
    ...{ debitAccount: credits > 0 ? from : to, creditAccount: credits > 0 ? to : from },
    amountMicrocredits: microcredits(Math.abs(credits) * 1e6),
  }
  await transact(store.db, (transaction) => postTransfers(transaction, [transfer], clock.nowMs()))
}

const appending: Step<Entry, void> = {
  async run(session, entries) {
    await appendTransfers(session, entries)
    return entries.map(() => undefined)
  },
}

/** Looks, and takes what is to be mailed out of the box. */
async function mails() {
  await watchFunds(deps())
  clock.advance(24 * hourMs)
  const due = await takeDueMails(store.db, 100, clock.nowMs())
  await store.db.deleteFrom('mail_outbox').execute()
  return due.map(({ mail }) => mail)
}

describe('watchFunds', () => {
  it('tells of each crossing once, however often it looks, and of what came before it first looked', async () => {
    await move(100)
    await move(-60)
    expect(await mails()).toEqual([{ kind: 'low_balance', userId, balance: 40 }])
    await move(-1)
    expect(await mails()).toEqual([])
    await move(-39)
    expect(await mails()).toEqual([{ kind: 'empty_balance', userId, balance: 0 }])
    await move(100)
    await move(-60)
    expect(await mails()).toEqual([{ kind: 'low_balance', userId, balance: 40 }])
  })

  it('tells nobody of a guest’s wallet, and nothing to who has switched it off or set another threshold', async () => {
    const guest = await transact(store.db, (transaction) => createGuest(transaction, true, startMs))
    await move(100, guest)
    await move(-99, guest)
    await move(100)
    await mails()
    await move(-60)
    expect(await mails()).toHaveLength(1)
    await store.db
      .updateTable('notification_settings')
      .set({ low_balance_told_at_ms: null, is_low_balance_on: 0 })
      .execute()
    await move(-1)
    expect(await mails()).toEqual([])
    const settings = { is_low_balance_on: 1, low_balance_microcredits: 10e6 }
    await store.db.updateTable('notification_settings').set(settings).execute()
    await move(-1)
    expect(await mails()).toEqual([])
    await move(-30)
    expect(await mails()).toEqual([{ kind: 'low_balance', userId, balance: 8 }])
  })

  it('tells of a budget once in each window, and again when it was raised', async () => {
    const budget = { amountMicrocredits: microcredits(100e6), window: 'day' } as const
    const keyOf = {
      userId,
      partnerId: 'par_account',
      livemode: true,
      source: 'account',
      name: 'laptop',
      budget,
    } as const
    const { keyId } = await transact(store.db, (transaction) => issueUserKey(transaction, pepper, keyOf, startMs))
    let spent = 0
    const spend = async (credits: number) => {
      spent += credits
      transfers += 1
      const windowStartMs = budgetWindowStartMs('day', clock.nowMs())
      const transfer = {
        ...({ id: `request:${transfers}`, code: 'usage_cost', causeId: `req_${transfers}` } as const),
        ...{ debitAccount: walletAccount(userId), creditAccount: 'operator:provider_cost' as const },
        ...{ amountMicrocredits: microcredits(credits * 1e6), atMs: clock.nowMs() },
        budgets: { budget_id: keyId, budget_window_start_ms: windowStartMs, guest_budget_id: null },
      }
      await runStep(store.db, appending, transfer)
      const row = { budget_id: keyId, window_start_ms: windowStartMs, held_microcredits: 0 }
      await store.db
        .insertInto('key_windows')
        .values({ ...row, spent_microcredits: spent * 1e6 })
        .onConflict((conflict) =>
          conflict.columns(['budget_id', 'window_start_ms']).doUpdateSet({ spent_microcredits: spent * 1e6 }),
        )
        .execute()
    }
    const toldNow = async () => {
      await watchFunds(deps())
      const due = await takeDueMails(store.db, 100, clock.nowMs())
      await store.db.deleteFrom('mail_outbox').execute()
      return due.map(({ mail }) => mail).filter(({ kind }) => kind === 'key_budget')
    }
    const limit = { credits: 100, window: 'day' }
    await spend(79)
    expect(await toldNow()).toEqual([])
    await spend(1)
    expect(await toldNow()).toEqual([{ kind: 'key_budget', userId, name: 'laptop', usedCredits: 80, limit }])
    await spend(10)
    expect(await toldNow()).toEqual([])
    await store.db.updateTable('keys').set({ budget_microcredits: 110e6 }).where('id', '=', keyId).execute()
    clock.advance(minuteMs)
    await spend(1)
    expect(await toldNow()).toMatchObject([{ usedCredits: 91, limit: { credits: 110 } }])
    clock.advance(24 * hourMs)
    spent = 0
    await spend(88)
    expect(await toldNow()).toMatchObject([{ usedCredits: 88 }])
    expect(await store.db.selectFrom('budget_mails').selectAll().execute()).toHaveLength(1)
  })
})
