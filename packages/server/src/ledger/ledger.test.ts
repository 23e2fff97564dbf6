import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { rollUpAccounts } from './roll-up.ts'
import { fund, hold, runLedgerTable, seedPeople, settle } from './test-ledger.ts'
import { verifyLedger } from './verify.ts'

let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})

afterEach(() => store.close())

describe('postTransfers', () => {
  it('credits once, whatever is replayed, and names every refusal', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U1 1000 purchase → posted
       transfer purchase:1 operator:purchases wallet:U1 1000 purchase → exists
       transfer purchase:1 operator:purchases wallet:U1 2000 purchase → refused exists_with_different_fields
       transfer purchase:1 operator:purchases wallet:U2 1000 purchase → refused exists_with_different_fields
       transfer purchase:2 operator:purchases wallet:U1 0 purchase → refused amount_must_be_positive
       transfer purchase:2 operator:purchases wallet:U1 -5 purchase → refused amount_must_be_positive
       transfer purchase:2 wallet:U1 wallet:U1 5 merge → refused accounts_must_differ
       transfer purchase:2 bank:1 wallet:U1 5 purchase → refused debit_account_unknown
       transfer purchase:2 operator:purchases till:1 5 purchase → refused credit_account_unknown
       wallet U1 1000 0
       balance operator:purchases -1000`,
    ))

  it('lets a refund take back what is spent: the wallet owes, and holds nothing until it is topped up', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U1 100 purchase → posted
       hold R1 U1 80 → held
       settle R1 80 0 0 → settled 80 0
       transfer refund:1 wallet:U1 operator:purchases 100 refund → posted
       wallet U1 -80 0
       hold R2 U1 1 → insufficient_credits -80
       transfer purchase:2 operator:purchases wallet:U1 100 purchase → posted
       hold R2 U1 20 → held
       wallet U1 20 20`,
    ))
})

describe('holds', () => {
  it('settle for less and free the rest; cost, share and fee each go to their account', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U1 1000 purchase → posted
       hold R1 U1 600 → held
       wallet U1 1000 600
       hold R2 U1 401 → insufficient_credits 400
       sent R1
       settle R1 450 45 5 → settled 500 0
       wallet U1 500 0
       balance operator:provider_cost 450
       balance partner:P1 45
       balance operator:fee 5
       settle R1 450 45 5 → already_resolved
       release R1 → already_resolved
       wallet U1 500 0`,
    ))

  it('release whole, once', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U1 10 purchase → posted
       hold R1 U1 10 → held
       release R1 → released
       release R1 → already_resolved
       settle R1 5 0 0 → already_resolved
       wallet U1 10 0`,
    ))

  it('are guarded by the key’s budget as by the wallet, from its first use on, and leave no trace when it refuses', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U3 1000 purchase → posted
       hold R1 U3 101 → key_budget_exceeded 100
       wallet U3 1000 0
       hold R2 U3 60 → held
       hold R3 U3 41 → key_budget_exceeded 40
       hold R3 U3 40 → held
       settle R2 60 0 0 → settled 60 0
       release R3 → released
       hold R4 U3 41 → key_budget_exceeded 40
       settle R2 1 0 0 → already_resolved`,
    ))

  it('grow in steps by the same guards, and a refused step leaves them as they were', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U3 1000 purchase → posted
       transfer purchase:2 operator:purchases wallet:U1 50 purchase → posted
       hold R1 U1 20 → held
       extend R1 20 → extended
       extend R1 11 → insufficient_credits 10
       wallet U1 50 40
       settle R1 35 0 0 → settled 35 0
       extend R1 5 → resolved
       wallet U1 15 0
       hold R2 U3 60 → held
       extend R2 41 → key_budget_exceeded 40
       wallet U3 1000 60
       extend R2 40 → extended
       release R2 → released
       wallet U3 1000 0`,
    ))

  it('of nothing settle to nothing, also where there was never a wallet', () =>
    runLedgerTable(
      store.db,
      `hold R0 U2 0 → held
       hold R9 U2 1 → insufficient_credits 0
       settle R0 0 0 0 → settled 0 0
       wallet U2 0 0
       transfer purchase:1 operator:purchases wallet:U1 5 purchase → posted
       hold R1 U1 0 → held
       settle R1 0 0 0 → settled 0 0
       wallet U1 5 0`,
    ))

  it('of 200 at once on a balance for 29 are exactly 29', async () => {
    await fund(store.db, 'U1', 29 * 7)
    const outcomes = await Promise.all(Array.from({ length: 200 }, (_, index) => hold(store.db, `R${index}`, 'U1', 7)))
    expect(outcomes.filter(({ outcome }) => outcome === 'held')).toHaveLength(29)
    await runLedgerTable(store.db, 'wallet U1 203 203')
  })

  it('are settled once by 20 at once', async () => {
    await fund(store.db, 'U1', 100)
    await hold(store.db, 'R1', 'U1', 50)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => settle(store.db, 'R1', [30, 3, 0])))
    expect(outcomes.filter(({ outcome }) => outcome === 'settled')).toHaveLength(1)
    await runLedgerTable(store.db, 'wallet U1 67 0')
  })
})

describe('moveWallet', () => {
  it('moves what is there and what is held, and lets a moved hold be settled', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U1 100 purchase → posted
       hold R1 U1 30 → held
       move U1 U2
       wallet U1 0 0
       wallet U2 100 30
       settle R1 20 0 0 → settled 20 0
       wallet U2 80 0`,
    ))

  it('lets a call of the guest that runs hold what the guest brought along, and nothing else of the account', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:1 operator:purchases wallet:U1 60 purchase → posted
       transfer purchase:2 operator:purchases wallet:U2 500 purchase → posted
       hold R1 U1 30 → held
       move U1 U2
       extend R1 31 → key_budget_exceeded 30
       extend R1 30 → extended
       extend R1 1 → key_budget_exceeded 0
       settle R1 50 0 0 → settled 50 0
       wallet U2 510 0`,
    ))

  it('has the operator pay what a guest owes, and what its open calls hold beyond that: no account inherits a debt', () =>
    runLedgerTable(
      store.db,
      `transfer purchase:2 operator:purchases wallet:U2 80 purchase → posted
       transfer refund:1 wallet:U3 operator:purchases 50 refund → posted
       move U3 U2
       wallet U3 0 0
       wallet U2 80 0
       balance operator:shortfall -50
       transfer purchase:1 operator:purchases wallet:U1 40 purchase → posted
       hold R1 U1 30 → held
       transfer refund:2 wallet:U1 operator:purchases 100 refund → posted
       move U1 U2
       wallet U1 0 0
       wallet U2 110 30
       settle R1 30 0 0 → settled 30 0
       wallet U2 80 0
       balance operator:shortfall -140`,
    ))
})

describe('rollUpAccounts', () => {
  it('changes no balance, and what comes after it is added', async () => {
    const table = `transfer purchase:1 operator:purchases wallet:U1 100 purchase → posted
       hold R1 U1 50 → held
       settle R1 30 3 1 → settled 34 0
       balance operator:provider_cost 30`
    await runLedgerTable(store.db, table)
    await Promise.all([rollUpAccounts(store.db, 10_000_000), rollUpAccounts(store.db, 10_000_000)])
    expect(await store.db.selectFrom('account_roll_ups').select('account').execute()).toHaveLength(4)
    await runLedgerTable(
      store.db,
      `balance operator:provider_cost 30
       balance partner:P1 3
       hold R2 U1 50 → held
       settle R2 10 1 0 → settled 11 0
       balance operator:provider_cost 40
       balance partner:P1 4`,
    )
  })
})

describe('verifyLedger', () => {
  const corruptions: readonly (readonly [string, string])[] = [
    ['wallet_posted', "update wallets set posted_microcredits = posted_microcredits + 1 where user_id = 'U1'"],
    ['wallet_held', "update wallets set held_microcredits = 7 where user_id = 'U1'"],
    ['wallet_posted', "insert into wallets values ('U2', 5, 0)"],
    ['key_window', "insert into key_windows values ('K3', 0, 9, 0, null)"],
    ['hold_state', "insert into holds values ('R1', 'U1', 'K1', null, 0, 'sent', 'S1', 0, 0, null)"],
    ['roll_up', "insert into account_roll_ups values ('operator:fee', '12', 99, 0)"],
    [
      'account_unknown',
      "insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms) values ('x', 'operator:nowhere', 'operator:fee', 1, 'grant', 'x', 0)",
    ],
    [
      'account_unknown',
      "insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms) values ('x', 'partner:P9', 'operator:fee', 1, 'grant', 'x', 0)",
    ],
    [
      'wallet_overdrawn_by_use',
      "insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms) values ('x', 'wallet:U1', 'operator:provider_cost', 500, 'usage_cost', 'x', 0)",
    ],
  ]
  for (const [kind, statement] of corruptions) {
    it(`finds ${kind}: ${statement.slice(0, 60)}`, async () => {
      await fund(store.db, 'U1', 100)
      await hold(store.db, 'R1', 'U1', 50)
      await settle(store.db, 'R1', [30, 3, 0])
      expect((await verifyLedger(store.db)).ok).toBe(true)
      const { CompiledQuery } = await import('kysely')
      await store.db.executeQuery(CompiledQuery.raw(statement))
      if (kind === 'wallet_overdrawn_by_use') {
        await store.db.executeQuery(
          CompiledQuery.raw("update wallets set posted_microcredits = -433 where user_id = 'U1'"),
        )
      }
      const report = await verifyLedger(store.db)
      expect(report.ok).toBe(false)
      expect(report.differences.map((difference) => difference.kind)).toContain(kind)
    })
  }
})
