import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { verifyLedger } from '../../packages/server/src/ledger/verify.ts'
import { migrateTo, migrateToLatest } from '../../packages/server/src/store/migrate.ts'
import { addPeople, openEmptyStore, type TestStore } from '../test-store.ts'

let store: TestStore

beforeEach(async () => {
  store = await openEmptyStore(inject('postgresUrl'))
})

afterEach(() => store.close())

it('a store with calls of the past and calls that run keeps its books when its holds become open ones only', async () => {
  await migrateTo(store.db, store.engine, '002-growth')
  await addPeople(store.db, ['usr_1'])
  const transfer = (id: string, from: string, to: string, amount: number, code: string, cause: string) =>
    store.run(
      `insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
       values ('${id}', '${from}', '${to}', ${amount}, '${code}', '${cause}', 1)`,
    )
  const hold = (id: string, window: number | null, amount: number, state: string, resolvedAtMs: number | null) =>
    store.run(
      `insert into holds (id, user_id, key_id, window_start_ms, amount_microcredits, state, server_id, created_at_ms, expires_at_ms, resolved_at_ms)
       values ('${id}', 'usr_1', 'key_usr_1', ${window}, ${amount}, '${state}', 'srv_1', 1, 2, ${resolvedAtMs})`,
    )
  await transfer('grant:1', 'operator:grants', 'wallet:usr_1', 1000, 'grant', 'grant:1')
  await hold('R1', 0, 60, 'settled', 1)
  await transfer('request:R1:usage_cost', 'wallet:usr_1', 'operator:provider_cost', 50, 'usage_cost', 'R1')
  await transfer('request:R1:usage_share', 'wallet:usr_1', 'partner:par_1', 5, 'usage_share', 'R1')
  await hold('R2', null, 30, 'settled', 1)
  await transfer('request:R2:usage_cost', 'wallet:usr_1', 'operator:provider_cost', 20, 'usage_cost', 'R2')
  await hold('R3', 0, 9, 'released', 1)
  await hold('R4', 0, 40, 'sent', null)
  await store.run("insert into wallets values ('usr_1', 925, 40)")
  await store.run("insert into key_windows values ('key_usr_1', 0, 55, 40)")
  await store.run("insert into account_roll_ups values ('operator:provider_cost', '50', 2, 1)")

  await migrateToLatest(store.db, store.engine)

  expect(await verifyLedger(store.db)).toMatchObject({ ok: true, openHolds: 1, transfers: 4, wallets: 1 })
  expect(await store.run('select id, window_start_ms, amount_microcredits, state from holds')).toMatchObject([
    { id: 'R4', state: 'sent' },
  ])
  const told = await store.run("select id from transfers where budget_id = 'key_usr_1' and budget_window_start_ms = 0")
  expect(told.map(({ id }) => id).sort()).toEqual(['request:R1:usage_cost', 'request:R1:usage_share'])
  await expect(store.run("update transfers set amount_microcredits = 1 where id = 'grant:1'")).rejects.toThrow(
    'append-only',
  )
})

it('a store of the release before has no marks and no misses after migration 004, and a mark counts as a change of keys', async () => {
  await migrateTo(store.db, store.engine, '003-lean-calls')
  await addPeople(store.db, ['usr_1'])
  await store.run(
    `insert into requests (id, user_id, key_id, partner_id, endpoint, model, provider, is_stream, billed_to, state, is_estimated,
       estimated_input_tokens, progress_output_tokens, price, share_basis_points, fee_basis_points, hold_microcredits, created_at_ms)
     values ('R1', 'usr_1', 'key_usr_1', 'par_1', 'messages', 'm', 'anthropic', 0, 'passthrough', 'settled', 0, 0, 0, '{}', 0, 0, 0, 0)`,
  )

  await migrateToLatest(store.db, store.engine)

  expect(await store.run('select missed_microcredits, over_budget_microcredits, runs from requests')).toEqual([
    { missed_microcredits: null, over_budget_microcredits: null, runs: null },
  ])
  const changes = () => store.run("select cast(changes as int) as changes from change_counts where name = 'keys'")
  expect(await changes()).toEqual([{ changes: 0 }])
  await store.run("update users set marked_at_ms = 5, marked_by_request_id = 'R1' where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: 1 }])
  await store.run("update users set marked_at_ms = 5, email = 'a@example.com' where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: 1 }])
  await store.run("update users set marked_at_ms = null where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: 2 }])
})
