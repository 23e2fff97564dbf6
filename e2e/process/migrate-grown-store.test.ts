import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { idleUntilMs } from '../../packages/server/src/keys/key-expiry.ts'
import { readSecret } from '../../packages/server/src/keys/key-format.ts'
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
  // The migrations themselves may have changed keys.
  const before = Number((await changes())[0]?.changes)
  await store.run("update users set marked_at_ms = 5, marked_by_request_id = 'R1' where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: before + 1 }])
  await store.run("update users set marked_at_ms = 5, email = 'a@example.com' where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: before + 1 }])
  await store.run("update users set marked_at_ms = null where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: before + 2 }])
})

it('keys of before consents keep working after migration 011: users’ apps have no limit, guests stay guests, windows count on', async () => {
  await migrateTo(store.db, store.engine, '010-devices')
  await store.run(`insert into partners (id, name, email, publishable_key, share_basis_points, created_at_ms, updated_at_ms)
    values ('par_1', 'p', 'p@example.com', 'oc_pk_1', 1000, 0, 0), ('par_2', 'q', 'q@example.com', 'oc_pk_2', 1000, 0, 0)`)
  await store.run(
    "insert into users (id, email, created_at_ms) values ('usr_1', 'one@example.com', 0), ('guest', null, 0)",
  )
  const addKey = (
    id: string,
    userId: string,
    partnerId: string,
    more: { source: string; budget?: number; revoked?: number },
  ) =>
    store.run(
      `insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, budget_microcredits, budget_window, revoked_at_ms, created_at_ms)
       values ('${id}', 'user', '${id}', '0000', '${userId}', '${partnerId}', '${more.source}', ${more.budget ?? null},
         ${more.budget === undefined ? null : "'total'"}, ${more.revoked ?? null}, ${id.length})`,
    )
  await addKey('phone', 'usr_1', 'par_1', { source: 'login' })
  await addKey('laptop', 'usr_1', 'par_1', { source: 'checkout' })
  await addKey('elsewhere', 'usr_1', 'par_2', { source: 'grant' })
  await addKey('limited', 'usr_1', 'par_1', { source: 'named', budget: 100 })
  await addKey('ended', 'usr_1', 'par_2', { source: 'login', revoked: 1 })
  await addKey('guests', 'guest', 'par_1', { source: 'checkout' })
  await store.run("insert into key_windows values ('limited', 0, 55, 40)")
  await store.run(
    `insert into holds (id, user_id, key_id, window_start_ms, amount_microcredits, state, server_id, created_at_ms, expires_at_ms)
     values ('R1', 'usr_1', 'limited', 0, 40, 'sent', 'srv_1', 1, 2)`,
  )
  await store.run(
    `insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms, budget_key_id, budget_window_start_ms)
     values ('grant:1', 'operator:grants', 'wallet:usr_1', 1000, 'grant', 'grant:1', 1, null, null),
       ('request:R0:usage_cost', 'wallet:usr_1', 'operator:provider_cost', 55, 'usage_cost', 'R0', 1, 'limited', 0)`,
  )
  await store.run("insert into wallets values ('usr_1', 945, 40)")

  await migrateToLatest(store.db, store.engine)

  expect(await verifyLedger(store.db)).toMatchObject({ ok: true, openHolds: 1 })
  expect(
    await store.run(
      `select keys.id, keys.source, consents.partner_id as app, consents.budget_microcredits as budget, consents.withdrawn_at_ms as withdrawn
       from keys left join consents on consents.id = keys.consent_id order by keys.id`,
    ),
  ).toEqual([
    { id: 'elsewhere', source: 'grant', app: 'par_2', budget: null, withdrawn: null },
    { id: 'ended', source: 'login', app: null, budget: null, withdrawn: null },
    { id: 'guests', source: 'checkout', app: null, budget: null, withdrawn: null },
    { id: 'laptop', source: 'checkout', app: 'par_1', budget: null, withdrawn: null },
    { id: 'limited', source: 'named', app: null, budget: null, withdrawn: null },
    { id: 'phone', source: 'login', app: 'par_1', budget: null, withdrawn: null },
  ])
  expect(await store.run('select cast(count(distinct consent_id) as int) as consents from keys')).toEqual([
    { consents: 2 },
  ])
  expect(await store.run('select budget_id, spent_microcredits, held_microcredits from key_windows')).toMatchObject([
    { budget_id: 'limited' },
  ])
  // Nobody counted their use before: their 180 days begin now, and writing a use is no change of a key.
  const rows = await store.db
    .selectFrom('keys')
    .selectAll()
    .where('source', 'in', ['login', 'checkout', 'grant'])
    .execute()
  for (const row of rows) expect(idleUntilMs(row)).toBeGreaterThan(Date.now() + 179 * 86_400_000)
  const changes = () => store.run("select cast(changes as int) as changes from change_counts where name = 'keys'")
  const [before] = await changes()
  await store.run("update keys set last_used_at_ms = 5, last_used_address = '::1' where id = 'phone'")
  expect(await changes()).toEqual([before])
  await store.run("update consents set budget_microcredits = 7, budget_window = 'day' where partner_id = 'par_1'")
  expect(await changes()).toEqual([{ changes: Number(before?.changes) + 1 }])
  await store.run("update keys set revoked_at_ms = 5 where id = 'phone'")
  expect(await changes()).toEqual([{ changes: Number(before?.changes) + 2 }])
})

it('a partner’s server key of before moves to the restricted keys with every scope, and whoever has a key is a user of the app', async () => {
  await migrateTo(store.db, store.engine, '017-guest-budgets')
  await addPeople(store.db, ['usr_1', 'usr_2'])
  await store.run(
    `insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, created_at_ms, revoked_at_ms)
     values ('key_rk', 'partner', 'a hash', 'last', null, 'par_1', 'partner', 5, 7)`,
  )
  await migrateToLatest(store.db, store.engine)
  expect(await store.run('select * from partner_keys')).toMatchObject([
    {
      ...{ id: 'key_rk', partner_id: 'par_1', secret_hash: 'a hash', last_four: 'last' },
      scopes: 'usage:read app:write webhooks:write payouts:read',
    },
  ])
  expect(await store.run("select id from keys where kind = 'partner'")).toEqual([])
  await store.run("update keys set user_id = 'usr_2' where id = 'key_usr_1'")
  await store.run("insert into users (id, created_at_ms) values ('usr_3', 0)")
  await store.run(
    `insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, created_at_ms)
     values ('key_new', 'user', 'b', 'last', 'usr_3', 'par_1', 'login', 9)`,
  )
  const users = await store.run('select user_id from partner_users order by user_id')
  expect(users.map(({ user_id }) => user_id)).toEqual(['usr_1', 'usr_2', 'usr_3'])
})

it('after migration 025 everything of before is live, every app has a twin with its settings, and an e-mail is unique in its world', async () => {
  await migrateTo(store.db, store.engine, '024-payment-turns')
  await store.run(`insert into partners (id, name, email, publishable_key, share_basis_points, kind, is_active, created_at_ms, updated_at_ms)
    values ('par_1', 'An app', 'p@example.com', 'oc_pk_1', 1234, 'app', 0, 5, 6), ('par_account', 'OpenCredits', '', 'oc_pk_2', 0, 'account', 1, 5, 6)`)
  await store.run("insert into partner_origins values ('par_1', 'https://app.example')")
  await store.run(
    `insert into users (id, email, created_at_ms, marked_at_ms, merged_into_user_id, locale)
     values ('usr_1', 'one@example.com', 1, 2, null, 'de'), ('guest', null, 3, null, 'usr_1', null)`,
  )
  await store.run(
    `insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, created_at_ms)
     values ('key_1', 'user', 'a', '0000', 'usr_1', 'par_1', 'login', 5)`,
  )
  await store.run("insert into wallets (user_id, posted_microcredits, held_microcredits) values ('usr_1', 0, 0)")

  await migrateToLatest(store.db, store.engine)

  const apps = await store.run('select * from partners order by id')
  expect(apps).toMatchObject([
    { id: 'par_1', livemode: 1, live_partner_id: null, publishable_key: 'oc_pk_1' },
    { id: 'par_1_test', livemode: 0, live_partner_id: 'par_1', name: 'An app', share_basis_points: 1234, is_active: 0 },
    { id: 'par_account', livemode: 1, live_partner_id: null },
  ])
  expect(readSecret(String(apps[1]?.publishable_key))).toEqual({ kind: 'pk', livemode: false })
  expect(await store.run("select origin from partner_origins where partner_id = 'par_1_test'")).toEqual([
    { origin: 'https://app.example' },
  ])
  expect(await store.run('select * from users order by id')).toMatchObject([
    { id: 'guest', livemode: 1, email: null, merged_into_user_id: 'usr_1', locale: null },
    { id: 'usr_1', livemode: 1, email: 'one@example.com', locale: 'de' },
  ])
  expect(await store.run('select livemode from keys')).toEqual([{ livemode: 1 }])
  await store.run("insert into users (id, email, livemode, created_at_ms) values ('usr_2', 'one@example.com', 0, 0)")
  await expect(
    store.run("insert into users (id, email, livemode, created_at_ms) values ('usr_3', 'one@example.com', 0, 0)"),
  ).rejects.toThrow(/unique/i)
  // References to users hold on, a mark still counts as a change of keys, and nothing refers to a table that is gone.
  await expect(
    store.run("insert into wallets (user_id, posted_microcredits, held_microcredits) values ('nobody', 0, 0)"),
  ).rejects.toThrow(/foreign key/i)
  const changes = () => store.run("select cast(changes as int) as changes from change_counts where name = 'keys'")
  const before = Number((await changes())[0]?.changes)
  await store.run("update users set marked_at_ms = null where id = 'usr_1'")
  expect(await changes()).toEqual([{ changes: before + 1 }])
  expect(await verifyLedger(store.db)).toMatchObject({ ok: true })
})

it('a migration that is cut off half way has changed nothing, and the next start runs it', async () => {
  await migrateTo(store.db, store.engine, '024-payment-turns')
  await addPeople(store.db, ['usr_1'])
  // In the way of the twin, after columns were added and `users` was made anew.
  await store.run(`insert into partners (id, name, email, publishable_key, share_basis_points, created_at_ms, updated_at_ms)
    values ('par_1_test', 'q', 'q@example.com', 'oc_pk_2', 1000, 0, 0)`)
  await expect(migrateToLatest(store.db, store.engine)).rejects.toThrow(/unique/i)
  expect(Object.keys((await store.run('select * from users'))[0] ?? {})).not.toContain('livemode')
  await store.run("delete from partners where id = 'par_1_test'")

  expect(await migrateToLatest(store.db, store.engine)).toContain('025-worlds')
  expect(await store.run('select id, livemode from users')).toEqual([{ id: 'usr_1', livemode: 1 }])
  expect(await store.run('select id from keys')).toEqual([{ id: 'key_usr_1' }])
  await expect(
    store.db
      .insertInto('wallets')
      .values({ user_id: 'nobody', posted_microcredits: 0, held_microcredits: 0 })
      .execute(),
  ).rejects.toThrow(/foreign key/i)
})
