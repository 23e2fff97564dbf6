import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runStep, type Step } from '../store/step.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { type PartOutcome, type PartResolution, settleParts } from './settle-parts.ts'
import { holdInParts, runLedgerTable, seedPeople, settlePart } from './test-ledger.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})

afterEach(() => store.close())

const funded = (amount: number, user = 'U1') =>
  `transfer purchase:${user} operator:purchases wallet:${user} ${amount} purchase → posted`

describe('parts of a hold', () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      'shrink it one by one, whether settled or released, until nothing is left of it',
      `${funded(100)}
       batch B1 U1 20 30 40 → held
       wallet U1 100 90
       part B1 1 10 1 1 → settled 12 0
       wallet U1 88 60
       release-part B1 0 → released
       wallet U1 88 40
       part B1 2 30 3 0 → settled 33 0
       wallet U1 55 0`,
    ],
    [
      'are each taken once',
      `${funded(100)}
       batch B1 U1 20 30 → held
       part B1 0 10 1 0 → settled 11 0
       part B1 0 10 1 0 → already_resolved
       release-part B1 0 → already_resolved
       part B1 7 10 1 0 → already_resolved
       part B2 0 10 1 0 → already_resolved
       wallet U1 89 30
       release-part B1 1 → released
       part B1 1 5 0 0 → already_resolved
       wallet U1 89 0`,
    ],
    [
      'above what they held take the rest of the wallet, never what their sisters hold',
      `${funded(60)}
       batch B1 U1 20 30 → held
       part B1 0 40 4 0 → settled 30 10 missed 24
       wallet U1 30 30
       balance operator:shortfall -10
       balance partner:P1 0
       part B1 1 10 1 0 → settled 11 0
       wallet U1 19 0`,
    ],
    [
      'that were estimated cost at most what they held',
      `${funded(60)}
       batch B1 U1 20 30 → held
       estimate-part B1 0 40 4 0 → settled 20 0
       wallet U1 40 30`,
    ],
    [
      'are all placed or none, by the budget too',
      `${funded(300, 'U3')}
       batch B1 U3 60 60 → key_budget_exceeded 100
       wallet U3 300 0
       batch B1 U3 60 30 → held
       hold R1 U3 20 → key_budget_exceeded 10
       part B1 0 70 0 0 → settled 70 0 missed 10
       release-part B1 1 → released
       hold R1 U3 30 → held`,
    ],
    [
      'follow a guest who signs in',
      `${funded(100)}
       batch B1 U1 20 30 → held
       part B1 0 10 0 0 → settled 10 0
       move U1 U2
       wallet U1 0 0
       wallet U2 90 30
       part B1 1 15 0 0 → settled 15 0
       wallet U2 75 0`,
    ],
  ]
  for (const [name, table] of cases) it(name, () => runLedgerTable(store.db, table))

  it('are taken once by two who ask at the same time', async () => {
    await runLedgerTable(store.db, funded(1000))
    await holdInParts(store.db, 'B1', 'U1', [10, 10, 10])
    const due = { due: [5, 1, 0], isEstimated: false } as const
    const asked = [0, 1, 2, 2, 1, 0].map((position) => settlePart(store.db, 'B1', position, due))
    const outcomes = (await Promise.all(asked)).map(({ outcome }) => outcome)
    expect(outcomes.toSorted()).toEqual([...Array(3).fill('already_resolved'), ...Array(3).fill('settled')])
    await runLedgerTable(store.db, 'wallet U1 982 0')
    await holdInParts(store.db, 'B2', 'U1', [10, 10])
    const part = { holdId: 'B2', position: 0, requestId: 'B2.0', settlement: null, nowMs: 1 }
    const together: Step<PartResolution[], readonly PartOutcome[]> = {
      run: async (session, [asked = []]) => [await settleParts(session, asked)],
    }
    const released = await runStep(store.db, together, [part, part, part])
    expect(released.map(({ outcome }) => outcome)).toEqual(['released', 'already_resolved', 'already_resolved'])
    await runLedgerTable(store.db, 'wallet U1 982 10')
  })
})
