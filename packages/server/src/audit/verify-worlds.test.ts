import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { erasePerson, eraseUser } from '../account/erase-user.ts'
import { createPepper } from '../keys/pepper.ts'
import { runLedgerTable } from '../ledger/test-ledger.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount } from '../users/find-user.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { verifyBooks } from './verify-books.ts'

const email = 'ada@example.com'
let store: TestDatabase
let appId: string
const ids = { live: '', test: '' }

const run = (statement: string) => store.db.executeQuery(CompiledQuery.raw(statement))

/** An app, and in each of its worlds one person with a key, a purchase and a call; guests are named after their world. */
beforeEach(async () => {
  store = await openTestDatabase()
  const terms = { name: 'App', email: 'p@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] }
  const deps = { db: store.db, pepper: createPepper('a pepper'), shareBasisPointsMax: 10_000 }
  appId = (await createPartner(deps, { ...terms, logoUrl: null, accentColor: null, isActive: true }, 0)).id
  for (const world of ['live', 'test'] as const) {
    const livemode = world === 'live'
    ids[world] = await transact(store.db, (transaction) => findOrCreateAccount(transaction, { email, livemode }, 0))
    const flag = livemode ? 1 : 0
    const row = livemode ? appId : `${appId}_test`
    await run(`insert into users (id, livemode, created_at_ms) values ('guest_${world}', ${flag}, 0)`)
    await run(
      `insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, created_at_ms, livemode)
       values ('key_${world}', 'user', '${world}', '0000', '${ids[world]}', '${row}', 'login', 0, ${flag})`,
    )
    await run(
      `insert into purchases (id, partner_id, user_id, key_id, mode, status, amount_minor, currency, credits_microcredits, livemode,
         email, created_at_ms, expires_at_ms)
       values ('pur_${world}', '${row}', '${ids[world]}', 'key_${world}', 'embedded', 'expired', 5, 'usd', 5, ${flag}, '${email}', 0, 0)`,
    )
    await run(
      `insert into requests (id, user_id, key_id, partner_id, endpoint, model, provider, is_stream, billed_to, state, is_estimated,
         estimated_input_tokens, progress_output_tokens, price, share_basis_points, fee_basis_points, hold_microcredits, created_at_ms)
       values ('req_${world}', '${ids[world]}', 'key_${world}', '${row}', 'messages', 'm', 'anthropic', 0, 'credits', 'released', 0,
         0, 0, '{}', 0, 0, 0, 0)`,
    )
  }
})

afterEach(() => store.close())

async function strays(): Promise<readonly string[]> {
  const { differences } = await verifyBooks(store.db)
  return differences.map(({ kind, id }) => `${kind} ${id}`).toSorted()
}

describe('the check of the books', () => {
  it('accepts both worlds as they are made', async () => expect(await strays()).toEqual([]))

  const corruptions: readonly (readonly [string, () => string, readonly string[]])[] = [
    ['a key', () => "update keys set livemode = 0 where id = 'key_live'", ['key', 'purchase', 'request']],
    [
      'a user',
      () => `update users set livemode = 0, email = 'b' where id = '${ids.live}'`,
      ['key', 'purchase', 'request'],
    ],
    ['a purchase', () => "update purchases set livemode = 0 where id = 'pur_live'", ['purchase']],
    ['the app of a call', () => `update requests set partner_id = '${appId}_test' where id = 'req_live'`, ['request']],
  ]
  it.each(corruptions)('finds %s in the other world', async (_what, statement, kinds) => {
    await run(statement())
    const names = { key: 'key key_live', purchase: 'purchase pur_live', request: 'request req_live' }
    expect(await strays()).toEqual(
      Object.entries(names).flatMap(([kind, name]) => (kinds.includes(kind) ? [`world ${name}`] : [])),
    )
  })

  it('finds a test row of no app, a restricted key of the other world, and a guest who was merged across', async () => {
    await run(`update partner_keys set livemode = 1 where partner_id = '${appId}_test'`)
    await run(`update users set merged_into_user_id = '${ids.live}' where id = 'guest_test'`)
    const found = await strays()
    expect(found).toEqual(['world guest guest_test', expect.stringMatching(/^world restricted key key_/)])
    await run(`update partners set live_partner_id = 'par_none' where id = '${appId}_test'`)
    expect(await strays()).toContain(`world test row ${appId}_test`)
  })
})

describe('people of two worlds', () => {
  it('a guest is merged into no account of the other world, and nothing moves', async () => {
    await runLedgerTable(store.db, 'transfer a test:operator:grants wallet:guest_test 9 grant → posted')
    const merge = (accountUserId: string) =>
      transact(store.db, (transaction) => mergeGuest(transaction, { guestUserId: 'guest_test', accountUserId }, 1))
    expect(await merge(ids.live)).toBe(false)
    await runLedgerTable(store.db, `wallet guest_test 9 0\nwallet ${ids.live} 0 0`)
    expect(await merge(ids.test)).toBe(true)
    await runLedgerTable(store.db, `wallet guest_test 0 0\nwallet ${ids.test} 9 0`)
    expect(await strays()).toEqual([])
  })

  it('a debt of a test guest is paid by the test world’s operator', async () => {
    await runLedgerTable(store.db, 'transfer a wallet:guest_test test:operator:purchases 9 refund → posted')
    const merge = { guestUserId: 'guest_test', accountUserId: ids.test }
    expect(await transact(store.db, (transaction) => mergeGuest(transaction, merge, 1))).toBe(true)
    await runLedgerTable(store.db, 'balance test:operator:shortfall -9\nbalance operator:shortfall 0')
    // Only the refund itself has no row here.
    expect(await strays()).toEqual(['take_back a'])
  })

  const by = { actor: { kind: 'cli', id: null }, reason: 'asked' } as const
  const emails = async () =>
    [
      ...(await store.db.selectFrom('users').select(['id', 'email']).execute()),
      ...(await store.db.selectFrom('purchases').select(['id', 'email']).execute()),
    ].flatMap((row) => (row.email === null ? [] : [row.id]))

  it('a test user is erased without a trace in the live world', async () => {
    const erasure = { userId: ids.test, isForfeiting: false, by }
    await transact(store.db, (transaction) => eraseUser(transaction, erasure, 5))
    expect(await emails()).toEqual([ids.live, 'pur_live'])
  })

  it('a person is erased in both worlds, and test credits are in nobody’s way', async () => {
    await runLedgerTable(store.db, `transfer a test:operator:grants wallet:${ids.test} 900000000 grant → posted`)
    const erasure = { userId: ids.live, isForfeiting: false, by }
    await transact(store.db, (transaction) => erasePerson(transaction, erasure, 5))
    expect(await emails()).toEqual([])
    const deleted = await store.db.selectFrom('users').select('id').where('deleted_at_ms', '=', 5).execute()
    expect(deleted.map(({ id }) => id).toSorted()).toEqual([ids.live, ids.test].toSorted())
  })
})
