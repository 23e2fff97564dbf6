import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { giveConsent } from '../keys/consents.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { createPepper } from '../keys/pepper.ts'
import { budgetWindowStartMs } from '../ledger/budget-window.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import { postTransfers } from '../ledger/post-transfers.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createGuest } from '../users/find-user.ts'
import { createEndpoint } from '../webhooks/manage-endpoints.ts'
import { tellAppsOfBudgets } from './tell-apps-of-budgets.ts'
import { watchFunds } from './watch-funds.ts'

const clock = fixedClock(Date.UTC(2026, 10, 21, 12))
const self = { serverId: 'srv_1', hostName: 'h', processId: 1 }
const pepper = createPepper('a pepper')
const by = { actor: { kind: 'cli', id: null } } as const

let store: TestDatabase
let partnerId: string
let userId: string
let moves = 0

beforeEach(async () => {
  store = await openTestDatabase()
  partnerId = await addPartner()
  userId = await transact(store.db, (transaction) => createGuest(transaction, true, clock.nowMs()))
})
afterEach(() => store.close())

async function addPartner(): Promise<string> {
  const terms = { name: 'App', email: 'maker@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] }
  const all = { ...terms, logoUrl: null, accentColor: null, isActive: true }
  return (await createPartner({ db: store.db, pepper, shareBasisPointsMax: 10_000 }, all, 1)).id
}

const addEndpoint = () =>
  transact(store.db, (transaction) => {
    const endpoint = { url: 'https://hooks.example/', description: null, events: null }
    return createEndpoint(transaction, { partnerId, endpoint, pepper, by }, clock.nowMs())
  })

const addKey = (of: { readonly partnerId: string; readonly consentId?: string }) =>
  transact(store.db, (transaction) =>
    issueUserKey(transaction, pepper, { userId, livemode: true, source: 'login', ...of }, clock.nowMs()),
  )

const connect = (budget: number) =>
  transact(store.db, (transaction) => {
    const limits = { budget: microcredits(budget * 1e6), window: 'month', models: null, expires_at: null } as const
    return giveConsent(transaction, { partnerId, limits, by: { userId } }, clock.nowMs())
  })

async function move(credits: number): Promise<void> {
  moves += 1
  const [from, to] = ['operator:grants', walletAccount(userId)] as const
  const transfer = {
    ...({ id: `grant:${moves}`, code: 'grant', causeId: `grt_${moves}` } as const),
    ...{ debitAccount: credits > 0 ? from : to, creditAccount: credits > 0 ? to : from },
    amountMicrocredits: microcredits(Math.abs(credits) * 1e6),
  }
  await transact(store.db, (transaction) => postTransfers(transaction, [transfer], clock.nowMs()))
}

async function look() {
  clock.advance(60_000)
  await watchFunds({ db: store.db, clock, self })
}

/** What was written since the last time, without what connecting says. */
async function told() {
  const events = await store.db
    .selectFrom('webhook_events')
    .select(['type', 'partner_id', 'user_id', 'data'])
    .where('type', '!=', 'user.connected')
    .execute()
  await store.db.deleteFrom('webhook_events').execute()
  return events.map(({ data, ...event }) => ({ ...event, data: JSON.parse(data) }))
}

describe('balance.low', () => {
  it('tells the app of a guest once when credits run low, once when they are used up, and anew after a purchase', async () => {
    await addEndpoint()
    await addKey({ partnerId })
    const of = { type: 'balance.low', partner_id: partnerId, user_id: userId }
    await move(100)
    await move(-60)
    await look()
    await look()
    expect(await told()).toEqual([{ ...of, data: { level: 'low', remaining_budget: null } }])
    await move(-40)
    await look()
    expect(await told()).toEqual([{ ...of, data: { level: 'empty', remaining_budget: null } }])
    await move(100)
    await move(-60)
    await look()
    expect(await told()).toMatchObject([{ data: { level: 'low' } }])
  })

  it('tells what the app’s limit leaves, never the balance, and no app without a live key or an endpoint', async () => {
    await addEndpoint()
    await addKey({ partnerId: await addPartner() })
    const consent = await connect(500)
    const key = await addKey({ partnerId, consentId: consent.id })
    await move(100)
    await move(-60)
    await look()
    const remaining_budget = { credits: '500', credits_microcredits: 500_000_000 }
    expect(await told()).toMatchObject([{ partner_id: partnerId, data: { level: 'low', remaining_budget } }])
    await store.db.updateTable('keys').set({ revoked_at_ms: 1 }).where('id', '=', key.keyId).execute()
    await move(-40)
    await look()
    expect(await told()).toEqual([])
  })

  it('asks nothing of the store where no app has an endpoint', async () => {
    await addKey({ partnerId })
    await move(100)
    await move(-60)
    await look()
    expect(await told()).toEqual([])
    expect(await store.db.selectFrom('webhook_low_marks').selectAll().execute()).toEqual([])
  })
})

describe('key.budget_reached', () => {
  const spend = async (budgetId: string, spent: number) => {
    const window = { budget_id: budgetId, window_start_ms: budgetWindowStartMs('month', clock.nowMs()) }
    const row = { ...window, spent_microcredits: spent * 1e6, held_microcredits: 0 }
    await store.db
      .insertInto('key_windows')
      .values(row)
      .onConflict((conflict) => conflict.columns(['budget_id', 'window_start_ms']).doUpdateSet(row))
      .execute()
    await tellAppsOfBudgets(store.db, [budgetId], clock.nowMs())
  }

  it('tells once in a window, from 95 % on, and again for a higher limit', async () => {
    await addEndpoint()
    const { id } = await connect(100)
    await spend(id, 94.9)
    expect(await told()).toEqual([])
    await spend(id, 95)
    await spend(id, 100)
    expect(await told()).toMatchObject([
      {
        type: 'key.budget_reached',
        user_id: userId,
        data: {
          budget: { credits: '100', credits_microcredits: 100_000_000, window: 'month' },
          spent: { credits: '95', credits_microcredits: 95_000_000 },
          window_started_at: Date.UTC(2026, 10, 1) / 1000,
          key_id: null,
        },
      },
    ])
    await store.db.updateTable('consents').set({ budget_microcredits: 200e6 }).execute()
    await spend(id, 150)
    expect(await told()).toEqual([])
    await spend(id, 190)
    expect(await told()).toMatchObject([{ data: { spent: { credits: '190' } } }])
  })
})
