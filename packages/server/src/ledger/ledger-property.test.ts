import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Database } from '../store/open-database.ts'
import { openTestDatabase } from '../store/test-database.ts'
import { readBalances, readWallet } from './balance.ts'
import type { SettledHold } from './charge-hold.ts'
import { LedgerModel } from './ledger-model.ts'
import { fund, hold, holdInParts, runLedgerTable, seedPeople, settle, settlePart } from './test-ledger.ts'
import { verifyLedger } from './verify.ts'

const user = fc.constantFrom('U1', 'U2', 'U3')
const amount = fc.integer({ min: 0, max: 120 })
const holdId = fc.integer({ min: 0, max: 12 }).map((number) => `R${number}`)

const operation = fc.oneof(
  fc.record({ kind: fc.constant('pay' as const), user, amount: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ kind: fc.constant('refund' as const), user, amount: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('hold' as const), user, amount }),
  fc.record({
    kind: fc.constantFrom('settle' as const, 'estimate' as const),
    id: holdId,
    // Often above the hold, sometimes above the whole wallet.
    cost: fc.oneof(amount, fc.integer({ min: 0, max: 600 })),
    share: fc.integer({ min: 0, max: 12 }),
    fee: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({ kind: fc.constant('release' as const), id: holdId }),
  fc.record({
    kind: fc.constant('hold-parts' as const),
    user,
    parts: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constantFrom('settle' as const, 'estimate' as const, 'release' as const),
    id: fc.constantFrom('B0', 'B1', 'B2', 'B3'),
    position: fc.integer({ min: 0, max: 4 }),
    cost: fc.integer({ min: 0, max: 120 }),
    share: fc.integer({ min: 0, max: 12 }),
    fee: fc.integer({ min: 0, max: 5 }),
  }),
)

describe('the ledger', () => {
  it('agrees with a plain model after every operation of any sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 80 }), async (operations) => {
        const store = await openTestDatabase()
        try {
          await seedPeople(store.db)
          const model = new LedgerModel()
          let count = 0
          let singles = 0
          let batches = 0
          for (const step of operations) {
            count += 1
            if (step.kind === 'pay') {
              await fund(store.db, step.user, step.amount, `purchase:${count}`)
              model.pay(step.user, step.amount)
            } else if (step.kind === 'refund') {
              await runLedgerTable(
                store.db,
                `transfer refund:${count} wallet:${step.user} operator:purchases ${step.amount} refund → posted`,
              )
              model.pay(step.user, -step.amount)
            } else if (step.kind === 'hold') {
              const id = `R${singles}`
              const placed = await hold(store.db, id, step.user, step.amount)
              expect(placed.outcome).toBe(model.place(id, step.user, step.amount))
              if (placed.outcome === 'held') singles += 1
            } else if (step.kind === 'hold-parts') {
              const id = `B${batches}`
              const placed = await holdInParts(store.db, id, step.user, step.parts)
              expect(placed.outcome).toBe(model.placeParts(id, step.user, step.parts))
              if (placed.outcome === 'held') batches += 1
            } else if ('position' in step) {
              await takePart(store.db, model, step)
            } else if (step.kind === 'settle' || step.kind === 'estimate') {
              const due = [step.cost, step.share, step.fee] as const
              const user = model.holds.get(step.id)?.user ?? 'U1'
              const spendableBefore = model.available(user)
              const settled = await settle(store.db, step.id, due, step.kind === 'estimate')
              const told = settled.outcome === 'settled' ? `settled ${settled.chargedMicrocredits}` : settled.outcome
              expect(told).toBe(model[step.kind](step.id, ...due))
              if (settled.outcome === 'settled') expectFair(settled, model.missed.has(step.id))
              // Only a refund brings a wallet below zero, never a settlement.
              expect(model.available(user)).toBeGreaterThanOrEqual(Math.min(0, spendableBefore))
            } else {
              await runLedgerTable(store.db, `release ${step.id} → ${model.release(step.id)}`)
            }
            for (const name of ['U1', 'U2', 'U3']) {
              const wallet = await readWallet(store.db, name)
              expect([name, wallet.postedMicrocredits, wallet.heldMicrocredits]).toEqual([
                name,
                model.posted.get(name),
                model.held(name),
              ])
            }
          }
          const balances = await readBalances(store.db)
          const balance = (account: string) => balances.get(account) ?? 0n
          expect(balance('operator:provider_cost')).toBe(BigInt(model.totals.cost))
          expect(balance('partner:P1')).toBe(BigInt(model.totals.share))
          expect(balance('operator:fee')).toBe(BigInt(model.totals.fee))
          expect(balance('operator:shortfall')).toBe(BigInt(-model.totals.shortfall))
          const wallets = [...model.posted.values()].reduce((sum, one) => sum + one, 0)
          expect(wallets + model.totals.cost + model.totals.share + model.totals.fee - model.totals.shortfall).toBe(
            model.totals.cameIn,
          )
          expect((await verifyLedger(store.db)).differences).toEqual([])
        } finally {
          await store.close()
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})

interface PartStep {
  readonly kind: 'settle' | 'estimate' | 'release'
  readonly id: string
  readonly position: number
  readonly cost: number
  readonly share: number
  readonly fee: number
}

/** A part is settled as a hold of its own is. */
async function takePart(db: Database, model: LedgerModel, step: PartStep): Promise<void> {
  const { kind, id, position } = step
  const due = [step.cost, step.share, step.fee] as const
  const name = `${id}.${position}`
  const how = kind === 'release' ? null : { due, isEstimated: kind === 'estimate' }
  const settled = await settlePart(db, id, position, how)
  const told = settled.outcome === 'settled' ? `settled ${settled.chargedMicrocredits}` : settled.outcome
  expect(told).toBe(kind === 'release' ? model.release(name) : model[kind](name, ...due))
  if (settled.outcome === 'settled') expectFair(settled, model.missed.has(name))
}

/** Holds for every settlement: all parts are paid by somebody, and an unpaid cost earns no share or fee. */
function expectFair(settled: SettledHold, isMissed: boolean): void {
  const { costMicrocredits: cost, shareMicrocredits: share, feeMicrocredits: fee } = settled
  const { chargedMicrocredits: charged, shortfallMicrocredits: shortfall, missedMicrocredits: missed } = settled
  expect(charged + shortfall).toBe(cost + share + fee)
  if (shortfall > 0) expect([share, fee]).toEqual([0, 0])
  expect(missed > 0).toBe(isMissed)
  if (!isMissed) expect(charged).toBeLessThanOrEqual(settled.heldMicrocredits)
}
