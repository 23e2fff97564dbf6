import fc from 'fast-check'
import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import type { Database } from '../store/open-database.ts'
import { runStep, type Step } from '../store/step.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { readBalances, readWallet } from './balance.ts'
import { operatorAccount, partnerAccount } from './chart-of-accounts.ts'
import { LedgerModel } from './ledger-model.ts'
import { type Resolution, type ResolveOutcome, resolveHolds } from './settle-hold.ts'
import { hold, runLedgerTable, seedPeople } from './test-ledger.ts'
import { verifyLedger } from './verify.ts'

let store: TestDatabase
beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  await seedTestWorld(store.db)
})
afterEach(() => store.close())

/** The test world has partner P1_test, and users T1 and T2 beside the live U1 and U2. */
async function seedTestWorld(db: Database): Promise<void> {
  const app = { name: 'P1', email: 'p@x', share_basis_points: 1000, created_at_ms: 0, updated_at_ms: 0 }
  const twin = { id: 'P1_test', publishable_key: 'pk_test', livemode: 0, live_partner_id: 'P1' }
  await db
    .insertInto('partners')
    .values({ ...app, ...twin })
    .execute()
  const users = ['T1', 'T2'].map((id) => ({ id, livemode: 0, created_at_ms: 0 }))
  await db.insertInto('users').values(users).execute()
}

const resolution: Step<Resolution, ResolveOutcome> = { run: resolveHolds }

const amount = fc.integer({ min: 1, max: 200 })
const holdNumber = fc.integer({ min: 0, max: 5 })
const due = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 5 }))
const step = fc.record({
  livemode: fc.boolean(),
  user: fc.constantFrom('1', '2'),
  act: fc.oneof(
    ...(['pay', 'refund', 'hold'] as const).map((kind) => fc.record({ kind: fc.constant(kind), amount })),
    ...(['settle', 'estimate', 'release'] as const).map((kind) =>
      fc.record({ kind: fc.constant(kind), holdNumber, due }),
    ),
  ),
})
type WorldStep = typeof step extends fc.Arbitrary<infer Value> ? Value : never

interface World {
  readonly livemode: boolean
  readonly users: 'U' | 'T'
  readonly partnerId: string
  readonly model: LedgerModel
  holds: number
}

const newWorlds = (): readonly [World, World] => [
  { livemode: true, users: 'U', partnerId: 'P1', model: new LedgerModel(), holds: 0 },
  { livemode: false, users: 'T', partnerId: 'P1_test', model: new LedgerModel(), holds: 0 },
]

/** Does a step in its world alone, and the same in the world's own model. */
async function take(db: Database, world: World, { user, act }: WorldStep, count: number): Promise<void> {
  const { model, livemode } = world
  const userId = `${world.users}${user}`
  const purchases = operatorAccount('operator:purchases', livemode)
  if ('holdNumber' in act) return endHold(db, world, act)
  if (act.kind === 'hold') {
    const id = `R${world.holds}`
    const placed = await hold(db, `${world.users}${id}`, userId, act.amount)
    expect(placed.outcome).toBe(model.place(id, `U${user}`, act.amount))
    if (placed.outcome === 'held') world.holds += 1
  } else {
    const accounts = act.kind === 'pay' ? `${purchases} wallet:${userId}` : `wallet:${userId} ${purchases}`
    const code = act.kind === 'pay' ? 'purchase' : 'refund'
    await runLedgerTable(db, `transfer ${code}:${count} ${accounts} ${act.amount} ${code} → posted`)
    model.pay(`U${user}`, act.kind === 'pay' ? act.amount : -act.amount)
  }
}

type HoldEnd = Extract<WorldStep['act'], { readonly holdNumber: number }>

async function endHold(db: Database, { users, partnerId, livemode, model }: World, act: HoldEnd): Promise<void> {
  const id = `R${act.holdNumber}`
  const [cost, share, fee] = act.due
  const settlement = {
    ...{ costMicrocredits: microcredits(cost), shareMicrocredits: microcredits(share) },
    ...{ feeMicrocredits: microcredits(fee), budgetMicrocredits: null, livemode },
    ...{ partnerAccount: partnerAccount(partnerId), isEstimated: act.kind === 'estimate' },
  }
  const end = { holdId: `${users}${id}`, settlement: act.kind === 'release' ? null : settlement, nowMs: 1 }
  const outcome = await runStep(db, resolution, end)
  const told = outcome.outcome === 'settled' ? `settled ${outcome.chargedMicrocredits}` : outcome.outcome
  expect(told).toBe(act.kind === 'release' ? model.release(id) : model[act.kind](id, cost, share, fee))
}

describe('two worlds in one ledger', () => {
  it('each add up to nothing by themselves, and to what their own steps make of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        await using own = await openOwnStore()
        const worlds = newWorlds()
        for (const [count, one] of steps.entries()) await take(own.db, worlds[one.livemode ? 0 : 1], one, count)
        const balances = await readBalances(own.db)
        for (const { livemode, users, partnerId, model } of worlds) {
          const of = (name: Parameters<typeof operatorAccount>[0]) =>
            Number(balances.get(operatorAccount(name, livemode)) ?? 0n)
          const earned = Number(balances.get(partnerAccount(partnerId)) ?? 0n)
          const wallets = await Promise.all(['1', '2'].map((user) => readWallet(own.db, `${users}${user}`)))
          const posted = wallets.map(({ postedMicrocredits }) => postedMicrocredits)
          expect(posted).toEqual([model.posted.get('U1'), model.posted.get('U2')])
          expect({
            cost: of('operator:provider_cost'),
            ...{ share: earned, fee: of('operator:fee'), shortfall: 0 - of('operator:shortfall') },
            cameIn: 0 - of('operator:purchases'),
          }).toEqual(model.totals)
          const others = of('operator:provider_cost') + of('operator:fee') + of('operator:shortfall')
          expect(posted.reduce((sum, one) => sum + one, earned + others + of('operator:purchases'))).toBe(0)
        }
        expect((await verifyLedger(own.db)).differences).toEqual([])
      }),
      { numRuns: 12 },
    )
  }, 60_000)

  const joined: readonly (readonly [string, string, string])[] = [
    ['a live wallet that buys of the test world', 'test:operator:purchases', 'wallet:U1'],
    ['a test wallet that is given live credits', 'operator:grants', 'wallet:T1'],
    ['credits of a live guest in a test wallet', 'wallet:U2', 'wallet:T1'],
    ['a share of a test call for the live app', 'wallet:T1', 'partner:P1'],
    ['a live fee of a test wallet', 'wallet:T1', 'operator:fee'],
    ['a shortfall across', 'operator:shortfall', 'test:operator:provider_cost'],
  ]
  for (const [what, from, to] of joined)
    it(`verify finds ${what}`, async () => {
      await runLedgerTable(store.db, 'transfer a operator:grants wallet:U1 9 grant → posted')
      await runLedgerTable(store.db, 'transfer b test:operator:grants wallet:T1 9 grant → posted')
      const transfer = `insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
        values ('x', '${from}', '${to}', 1, 'grant', 'x', 0)`
      await store.db.executeQuery(CompiledQuery.raw(transfer))
      const { differences } = await verifyLedger(store.db)
      expect(differences.filter(({ kind }) => kind === 'transfer_worlds')).toMatchObject([
        { id: 'x', actual: `${from} to ${to}` },
      ])
    })
})

async function openOwnStore() {
  const own = await openTestDatabase()
  await seedPeople(own.db)
  await seedTestWorld(own.db)
  return { db: own.db, [Symbol.asyncDispose]: () => own.close() }
}
