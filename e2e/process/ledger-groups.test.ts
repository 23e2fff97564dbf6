import fc from 'fast-check'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { readBalances, readWallet } from '../../packages/server/src/ledger/balance.ts'
import { LedgerModel } from '../../packages/server/src/ledger/ledger-model.ts'
import { extend, fund, hold, release, seedPeople, settle } from '../../packages/server/src/ledger/test-ledger.ts'
import { verifyLedger } from '../../packages/server/src/ledger/verify.ts'
import { openTestStore, type TestStore } from '../test-store.ts'

let store: TestStore

beforeEach(async () => {
  store = await openTestStore(inject('postgresUrl'))
  await seedPeople(store.db)
})

afterEach(() => store.close())

const users = ['U1', 'U2', 'U3']
const user = fc.constantFrom(...users)
const amount = fc.integer({ min: 0, max: 60 })
/** One of the holds that there are by then, open or not, or one that there never was. */
const nth = fc.integer({ min: 0, max: 15 })

const batch = fc.oneof(
  fc.record({ kind: fc.constant('hold' as const), calls: fc.array(fc.record({ user, amount }), { maxLength: 10 }) }),
  fc.record({
    kind: fc.constant('resolve' as const),
    calls: fc.array(
      fc.record({
        ...{ nth, cost: fc.option(fc.oneof(amount, fc.integer({ min: 0, max: 300 }))) },
        ...{ share: fc.integer({ min: 0, max: 6 }), fee: fc.integer({ min: 0, max: 3 }), isEstimated: fc.boolean() },
      }),
      { maxLength: 10 },
    ),
  }),
  fc.record({
    kind: fc.constant('extend' as const),
    calls: fc.array(fc.record({ nth, by: amount }), { maxLength: 10 }),
  }),
  fc.record({
    kind: fc.constant('pay' as const),
    calls: fc.array(fc.record({ user, amount: fc.integer({ min: 1, max: 200 }) }), { maxLength: 3 }),
  }),
)

it('calls that are there at the same time share one transaction, and come to what they come to one after the other', async () => {
  const model = new LedgerModel()
  const ids: string[] = []
  let count = 0
  const idOf = (index: number) => ids.at(-1 - index) ?? 'none'
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 10, maxLength: 30 }), async (batches) => {
      for (const { kind, calls } of batches) {
        if (kind === 'pay') {
          for (const call of calls) {
            count += 1
            await fund(store.db, call.user, call.amount, `purchase:${count}`)
            model.pay(call.user, call.amount)
          }
        } else if (kind === 'hold') {
          const placed = calls.map((call, index) => ({ ...call, id: `R${ids.length + index}` }))
          const told = await Promise.all(placed.map((one) => hold(store.db, one.id, one.user, one.amount)))
          expect(told.map(({ outcome }) => outcome)).toEqual(
            placed.map((one) => model.place(one.id, one.user, one.amount)),
          )
          ids.push(...placed.map(({ id }) => id))
        } else if (kind === 'extend') {
          const told = await Promise.all(calls.map((call) => extend(store.db, idOf(call.nth), call.by)))
          expect(told.map(({ outcome }) => outcome)).toEqual(calls.map((call) => model.extend(idOf(call.nth), call.by)))
        } else {
          const told = await Promise.all(
            calls.map(({ cost, share, fee, isEstimated, ...call }) =>
              cost === null
                ? release(store.db, idOf(call.nth))
                : settle(store.db, idOf(call.nth), [cost, share, fee], isEstimated),
            ),
          )
          expect(
            told.map((one) => (one.outcome === 'settled' ? `settled ${one.chargedMicrocredits}` : one.outcome)),
          ).toEqual(
            calls.map(({ cost, share, fee, isEstimated, ...call }) => {
              if (cost === null) return model.release(idOf(call.nth))
              return model[isEstimated ? 'estimate' : 'settle'](idOf(call.nth), cost, share, fee)
            }),
          )
          for (const one of told)
            if (one.outcome === 'settled' && one.shortfallMicrocredits > 0)
              expect([one.shareMicrocredits, one.feeMicrocredits]).toEqual([0, 0])
        }
      }
      for (const name of users) {
        const wallet = await readWallet(store.db, name)
        expect([name, wallet.postedMicrocredits, wallet.heldMicrocredits]).toEqual([
          name,
          model.posted.get(name),
          model.held(name),
        ])
      }
      const balances = await readBalances(store.db)
      expect(balances.get('operator:provider_cost') ?? 0n).toBe(BigInt(model.totals.cost))
      expect(balances.get('partner:P1') ?? 0n).toBe(BigInt(model.totals.share))
      expect(balances.get('operator:fee') ?? 0n).toBe(BigInt(model.totals.fee))
      expect(balances.get('operator:shortfall') ?? 0n).toBe(BigInt(-model.totals.shortfall))
      // Everything that came in is in a wallet or was paid out.
      const inWallets = users.reduce((sum, name) => sum + (model.posted.get(name) ?? 0), 0)
      const { cost, share, fee, shortfall, cameIn } = model.totals
      expect(inWallets + cost + share + fee - shortfall).toBe(cameIn)
      expect((await verifyLedger(store.db)).differences).toEqual([])
    }),
    // The store and the model go on from run to run: what is found is found with all that led to it, and not made smaller.
    { numRuns: 30, endOnFailure: true },
  )
})

it('callers of several transactions at once hold no more than there is, and none is lost', async () => {
  await fund(store.db, 'U2', 29 * 7)
  const outcomes = await Promise.all(Array.from({ length: 300 }, (_, index) => hold(store.db, `L${index}`, 'U2', 7)))
  expect(outcomes.filter(({ outcome }) => outcome === 'held')).toHaveLength(29)
  const ended = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      index % 2 === 0 ? settle(store.db, `L${index}`, [5, 1, 0]) : release(store.db, `L${index}`),
    ),
  )
  expect(ended.filter(({ outcome }) => outcome !== 'already_resolved')).toHaveLength(29)
  expect((await verifyLedger(store.db)).differences).toEqual([])
})
