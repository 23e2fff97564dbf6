import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock, minuteMs } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { seedPeople } from '../ledger/test-ledger.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { createFundsLook } from './look-at-funds.ts'

let store: TestDatabase
let clock: ReturnType<typeof fixedClock>

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  clock = fixedClock()
})
afterEach(() => store.close())

const look = () => createFundsLook({ db: store.db, clock, publicUrl: 'https://credits.example' })

function keyOf(number: number, budget: number | null = null): AuthenticatedKey {
  return {
    ...{
      keyId: `K${number}`,
      userId: `U${number}`,
      partnerId: 'P1',
      livemode: true,
      source: 'checkout',
      requestsPerMinute: null,
    },
    ...{ isGuest: true, budgetId: `K${number}`, guestBudgetId: null },
    ...{ models: null, isMarked: false, pseudonym: 'ocu_1', wasFunded: false, readAtMs: 0 },
    budget: budget === null ? null : { amountMicrocredits: microcredits(budget), window: 'total' },
  }
}

async function setWallet(userId: string, posted: number, held: number): Promise<void> {
  const amounts = { posted_microcredits: posted, held_microcredits: held }
  await store.db
    .insertInto('wallets')
    .values({ user_id: userId, ...amounts })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(amounts))
    .execute()
}

async function setWindow(budgetId: string, spent: number, held: number): Promise<void> {
  await store.db
    .insertInto('key_windows')
    .values({ budget_id: budgetId, window_start_ms: 0, spent_microcredits: spent, held_microcredits: held })
    .execute()
}

describe('createFundsLook', () => {
  it.each([
    ['no wallet yet', null, 'Insufficient credits: 0 left. Top up in the app, or at https://credits.example/account.'],
    ['nothing left', [0, 0], expect.stringContaining('0 left')],
    ['all that is left is held', [5_000_000, 5_000_000], expect.stringContaining('0 left')],
    ['less than nothing', [-2_500_000, 0], expect.stringContaining('-2.5 left')],
  ] as const)('refuses a wallet with %s', async (_label, wallet, message) => {
    if (wallet !== null) await setWallet('U1', wallet[0], wallet[1])
    await expect(look().refuseEmpty(keyOf(1))).rejects.toMatchObject({
      ...{ code: 'insufficient_credits', status: 402, message, headers: { 'x-should-retry': 'false' } },
      funds: { available: wallet === null ? 0 : (wallet[0] - wallet[1]) / 1e6 },
    })
  })

  it('lets in whoever has the least that there is', async () => {
    await setWallet('U1', 5_000_001, 5_000_000)
    await look().refuseEmpty(keyOf(1))
  })

  it('refuses a key whose budget is spent or held, and lets in one with something left', async () => {
    await setWallet('U3', 10_000_000, 0)
    await look().refuseEmpty(keyOf(3, 100))
    await setWindow('K3', 60, 40)
    await expect(look().refuseEmpty(keyOf(3, 100))).rejects.toMatchObject({
      ...{ code: 'key_budget_exceeded', status: 402, funds: { available: 0 } },
    })
    await look().refuseEmpty(keyOf(3, 101))
    await look().refuseEmpty(keyOf(3))
  })

  it('believes for two seconds what was read with the key, but not of its budget', async () => {
    const readNow = { wasFunded: true, readAtMs: clock.nowMs() }
    const [key, limited] = [
      { ...keyOf(1), ...readNow },
      { ...keyOf(2, 1000), ...readNow },
    ]
    expect(look().refuseEmpty(key)).toBeNull()
    await expect(look().refuseEmpty(limited)).rejects.toMatchObject({ status: 402 })
    clock.advance(2000)
    await expect(look().refuseEmpty(key)).rejects.toMatchObject({ status: 402 })
  })

  it('does not ask the store for a key that was admitted within ten minutes, until it is refused', async () => {
    const funds = look()
    const [key, other] = [keyOf(1), keyOf(2)]
    funds.noteAdmitted(key)
    expect(funds.refuseEmpty(key)).toBeNull()
    await expect(funds.refuseEmpty(other)).rejects.toMatchObject({ status: 402 })
    clock.advance(10 * minuteMs - 1)
    expect(funds.refuseEmpty(key)).toBeNull()
    clock.advance(1)
    await expect(funds.refuseEmpty(key)).rejects.toMatchObject({ status: 402 })
    funds.noteAdmitted(key)
    funds.noteRefused(key)
    await expect(funds.refuseEmpty(key)).rejects.toMatchObject({ status: 402 })
  })
})
