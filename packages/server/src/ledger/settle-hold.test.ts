import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { fund, hold, runLedgerTable, seedPeople, settle } from './test-ledger.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})

afterEach(() => store.close())

describe('a call above its hold', () => {
  const funded = (amount: number, user = 'U1') =>
    `transfer purchase:${user} operator:purchases wallet:${user} ${amount} purchase → posted`
  const cases: readonly (readonly [string, string])[] = [
    [
      'is paid by the rest of the wallet: everybody gets all',
      `${funded(100)}
       hold R1 U1 50 → held
       settle R1 70 7 3 → settled 80 0 missed 30
       wallet U1 20 0
       balance operator:provider_cost 70
       balance partner:P1 7
       balance operator:fee 3
       balance operator:shortfall 0`,
    ],
    [
      'pays cost, then share, then fee: the fee is short first',
      `${funded(80)}
       hold R1 U1 50 → held
       settle R1 70 7 6 → settled 80 0 missed 33
       wallet U1 0 0
       balance operator:provider_cost 70
       balance partner:P1 7
       balance operator:fee 3
       balance operator:shortfall 0`,
    ],
    [
      'pays part of the share: nobody makes up the rest',
      `${funded(75)}
       hold R1 U1 50 → held
       settle R1 70 7 6 → settled 75 0 missed 33
       wallet U1 0 0
       balance operator:provider_cost 70
       balance partner:P1 5
       balance operator:fee 0
       balance operator:shortfall 0`,
    ],
    [
      'pays no share if the cost takes everything',
      `${funded(70)}
       hold R1 U1 50 → held
       settle R1 70 7 6 → settled 70 0 missed 33
       wallet U1 0 0
       balance operator:provider_cost 70
       balance partner:P1 0
       balance operator:fee 0
       balance operator:shortfall 0`,
    ],
    [
      'is paid by the operator beyond the wallet: the provider gets all, partner and fee nothing',
      `${funded(60)}
       hold R1 U1 50 → held
       settle R1 70 7 6 → settled 60 10 missed 33
       wallet U1 0 0
       balance operator:provider_cost 70
       balance partner:P1 0
       balance operator:fee 0
       balance operator:shortfall -10`,
    ],
    [
      'misses by one microcredit',
      `${funded(60)}
       hold R1 U1 50 → held
       settle R1 50 1 0 → settled 51 0 missed 1
       wallet U1 9 0`,
    ],
    [
      'does not miss if the hold is exactly what is due',
      `${funded(60)}
       hold R1 U1 50 → held
       settle R1 45 4 1 → settled 50 0
       wallet U1 10 0`,
    ],
    [
      'does not touch the holds of other calls',
      `${funded(100)}
       hold R1 U1 40 → held
       hold R2 U1 60 → held
       settle R1 90 9 0 → settled 40 50 missed 59
       wallet U1 60 60
       balance partner:P1 0
       settle R2 60 0 0 → settled 60 0
       wallet U1 0 0`,
    ],
    [
      'is charged past the key’s budget, which then admits no more',
      `${funded(1000, 'U3')}
       hold R1 U3 60 → held
       hold R2 U3 30 → held
       settle R1 80 8 0 → settled 88 0 missed 28 over-budget 18
       wallet U3 912 30
       hold R3 U3 1 → key_budget_exceeded -18
       settle R2 30 0 0 → settled 30 0
       hold R3 U3 1 → key_budget_exceeded -18
       balance partner:P1 8
       balance operator:shortfall 0`,
    ],
    [
      'is charged within the budget as long as that has room',
      `${funded(1000, 'U3')}
       hold R1 U3 60 → held
       settle R1 90 9 0 → settled 99 0 missed 39
       hold R2 U3 1 → held
       settle R2 3 0 0 → settled 3 0 missed 2 over-budget 2`,
    ],
    [
      'past the budget is limited by the wallet, too',
      `${funded(110, 'U3')}
       hold R1 U3 60 → held
       settle R1 200 20 0 → settled 110 90 missed 160 over-budget 10
       wallet U3 0 0
       balance partner:P1 0
       balance operator:shortfall -90`,
    ],
    [
      'keeps its hold if a refund empties the wallet meanwhile',
      `${funded(100)}
       hold R1 U1 60 → held
       transfer refund:1 wallet:U1 operator:purchases 90 refund → posted
       settle R1 100 10 0 → settled 60 40 missed 50
       wallet U1 -50 0
       balance partner:P1 0`,
    ],
    [
      'that is an estimate is capped at the hold, each part in proportion',
      `${funded(1000)}
       hold R1 U1 55 → held
       estimate R1 100 10 0 → settled 55 0
       wallet U1 945 0
       balance operator:provider_cost 50
       balance partner:P1 5
       balance operator:shortfall 0`,
    ],
    [
      'that is an estimate stays within the key’s budget',
      `${funded(1000, 'U3')}
       hold R1 U3 100 → held
       estimate R1 300 30 0 → settled 100 0
       wallet U3 900 0
       balance operator:provider_cost 91
       balance partner:P1 9`,
    ],
    [
      'is settled once',
      `${funded(60)}
       hold R1 U1 50 → held
       settle R1 70 7 0 → settled 60 10 missed 27
       settle R1 70 7 0 → already_resolved
       wallet U1 0 0
       balance operator:shortfall -10`,
    ],
  ]
  for (const [label, table] of cases) it(label, () => runLedgerTable(store.db, table))

  it('among several at once takes the wallet to zero; the operator pays the rest', async () => {
    await fund(store.db, 'U1', 100)
    for (const id of ['R1', 'R2', 'R3', 'R4']) await hold(store.db, id, 'U1', 10)
    const settled = await Promise.all(['R1', 'R2', 'R3', 'R4'].map((id) => settle(store.db, id, [50, 5, 0])))
    const charged = settled.map((one) => (one.outcome === 'settled' ? Number(one.chargedMicrocredits) : 0))
    expect(charged.reduce((sum, one) => sum + one, 0)).toBe(100)
    await runLedgerTable(
      store.db,
      `wallet U1 0 0
       balance operator:provider_cost 200
       balance operator:shortfall -105
       balance partner:P1 5`,
    )
  })
})
