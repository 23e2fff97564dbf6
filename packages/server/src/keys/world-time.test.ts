import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { budgetOf } from '../gateway/admit.ts'
import { dayMs, hourMs } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { findPartnerKey } from './find-partner-key.ts'
import { createPepper } from './pepper.ts'
import { rollPartnerKey } from './roll-partner-key.ts'
import { advanceTestClock, readWorldNowMs } from './world-time.ts'

const pepper = createPepper('a pepper')
const nowMs = Date.UTC(2026, 10, 22)
const clock = { nowMs: () => nowMs }
const terms = {
  ...{ name: 'App', email: 'app@example.com', shareBasisPoints: 1000, allowedModels: null, origins: [] },
  ...{ logoUrl: null, accentColor: null, isActive: true },
}
let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
})
afterEach(() => store.close())

const advance = (partnerId: string, byMs: number) =>
  transact(store.db, (transaction) => advanceTestClock(transaction, { partnerId, byMs }, nowMs))

describe('a test clock', () => {
  it('moves the time of its app’s test world, and the live world never heeds one', async () => {
    await advance('twin', dayMs)
    const at = (partnerId: string, livemode: boolean) =>
      readWorldNowMs({ db: store.db, clock }, { partnerId, livemode })
    expect(await at('twin', false)).toBe(nowMs + dayMs)
    expect([await at('other', false), await at('twin', true)]).toEqual([nowMs, nowMs])
  })

  it('is what the grace of a rolled test key goes by', async () => {
    const made = await createPartner({ db: store.db, pepper, shareBasisPointsMax: 10_000 }, terms, nowMs)
    const find = async (secret: string) => (await findPartnerKey({ db: store.db, pepper }, secret, nowMs))?.end
    const key = await findPartnerKey({ db: store.db, pepper }, made.testSecretKey, nowMs)
    const { id: keyId = '', partnerId = '' } = key ?? {}
    await advance(partnerId, 30 * dayMs)
    const by = { actor: { kind: 'cli', id: null } } as const
    await transact(store.db, (transaction) =>
      rollPartnerKey(transaction, { keyId, partnerId, graceSeconds: 3600, pepper, by }, nowMs),
    )
    expect(await find(made.testSecretKey)).toBe(null)
    await advance(partnerId, hourMs)
    expect([await find(made.testSecretKey), await find(made.secretKey)]).toEqual(['replaced', null])
  })

  it('begins a month’s limit anew', () => {
    const budget = { amountMicrocredits: microcredits(1), window: 'month' } as const
    const startOf = (livemode: boolean) =>
      budgetOf({ budget, livemode, clockAheadMs: 30 * dayMs }, nowMs)?.windowStartMs ?? 0
    expect([startOf(true), startOf(false)]).toEqual([Date.UTC(2026, 10, 1), Date.UTC(2026, 11, 1)])
  })
})
