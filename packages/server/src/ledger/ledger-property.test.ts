import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTestDatabase } from '../store/test-database.ts'
import { accountBalance, readWallet } from './balance.ts'
import { fund, hold, runLedgerTable, seedPeople, settle } from './test-ledger.ts'
import { verifyLedger } from './verify.ts'

/** A small model of the same rules, written without the ledger's code: plain numbers in maps. */
class Model {
  readonly posted = new Map([
    ['U1', 0],
    ['U2', 0],
    ['U3', 0],
  ])
  readonly holds = new Map<string, { user: string; amount: number; isOpen: boolean }>()
  readonly totals = { cost: 0, share: 0, fee: 0, shortfall: 0, cameIn: 0 }
  spentByK3 = 0

  held(user: string): number {
    return [...this.holds.values()]
      .filter((one) => one.isOpen && one.user === user)
      .reduce((sum, one) => sum + one.amount, 0)
  }

  available(user: string): number {
    return (this.posted.get(user) ?? 0) - this.held(user)
  }

  pay(user: string, amount: number): void {
    this.posted.set(user, (this.posted.get(user) ?? 0) + amount)
    this.totals.cameIn += amount
  }

  place(id: string, user: string, amount: number): string {
    if (this.available(user) < amount) return 'insufficient_credits'
    if (user === 'U3' && this.spentByK3 + this.held('U3') + amount > 100) return 'key_budget_exceeded'
    this.holds.set(id, { user, amount, isOpen: true })
    return 'held'
  }

  settle(id: string, cost: number, share: number, fee: number): string {
    const one = this.holds.get(id)
    if (one === undefined || !one.isOpen) return 'already_resolved'
    one.isOpen = false
    const due = cost + share + fee
    let limit = Math.max(one.amount, this.available(one.user))
    if (one.user === 'U3') limit = Math.min(limit, Math.max(one.amount, 100 - this.spentByK3 - this.held('U3')))
    const paid = due <= one.amount ? due : Math.min(due, limit)
    if (one.user === 'U3') this.spentByK3 += paid
    this.posted.set(one.user, (this.posted.get(one.user) ?? 0) - paid)
    this.totals.cost += cost
    this.totals.share += share
    this.totals.fee += Math.max(0, paid - cost - share)
    this.totals.shortfall += Math.max(0, cost + share - paid)
    return `settled ${paid}`
  }

  release(id: string): string {
    const one = this.holds.get(id)
    if (one === undefined || !one.isOpen) return 'already_resolved'
    one.isOpen = false
    return 'released'
  }
}

const user = fc.constantFrom('U1', 'U2', 'U3')
const amount = fc.integer({ min: 0, max: 120 })
const holdId = fc.integer({ min: 0, max: 12 }).map((number) => `R${number}`)

const operation = fc.oneof(
  fc.record({ kind: fc.constant('pay' as const), user, amount: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ kind: fc.constant('refund' as const), user, amount: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('hold' as const), user, amount }),
  fc.record({
    kind: fc.constant('settle' as const),
    id: holdId,
    cost: amount,
    share: fc.integer({ min: 0, max: 12 }),
    fee: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({ kind: fc.constant('release' as const), id: holdId }),
)

describe('the ledger', () => {
  it('agrees with a plain model after every operation of any sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 80 }), async (operations) => {
        const store = await openTestDatabase()
        try {
          await seedPeople(store.db)
          const model = new Model()
          let count = 0
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
              const id = `R${model.holds.size}`
              expect((await hold(store.db, id, step.user, step.amount)).outcome).toBe(
                model.place(id, step.user, step.amount),
              )
            } else if (step.kind === 'settle') {
              const settled = await settle(store.db, step.id, [step.cost, step.share, step.fee])
              const told = settled.outcome === 'settled' ? `settled ${settled.chargedMicrocredits}` : settled.outcome
              expect(told).toBe(model.settle(step.id, step.cost, step.share, step.fee))
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
          expect(await accountBalance(store.db, 'operator:provider_cost')).toBe(BigInt(model.totals.cost))
          expect(await accountBalance(store.db, 'partner:P1')).toBe(BigInt(model.totals.share))
          expect(await accountBalance(store.db, 'operator:fee')).toBe(BigInt(model.totals.fee))
          expect(await accountBalance(store.db, 'operator:shortfall')).toBe(BigInt(-model.totals.shortfall))
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
