import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportAnswer } from '../../packages/server/src/reference/account-answers.ts'
import type { PartnerKeys } from '../stack.ts'
import { grant } from '../test-store.ts'
import { type AccountWorld, askModel, connectTo, openAccountWorld } from './account-world.ts'
import { call, until, verifyLedger } from './api-client.ts'

/** What a person gets of all that is kept, and what remains when the person goes. */

let world: AccountWorld
let partner: PartnerKeys

beforeAll(async () => {
  world = await openAccountWorld()
  partner = world.stack.createPartner({ name: 'Acme Notes' })
}, 120_000)
afterAll(() => world.close())

/** The texts of all rows of all tables. */
async function wholeStore(): Promise<string> {
  const tables = await world.db.introspection.getTables()
  const texts = await Promise.all(
    tables
      .filter(({ isView }) => !isView)
      .map(async ({ name }) => {
        const rows = await world.db
          .selectFrom(name as 'users')
          .selectAll()
          .execute()
        return rows.map((row) => `${name} ${JSON.stringify(row)}`).join('\n')
      }),
  )
  return texts.join('\n')
}

describe('export and deletion', () => {
  const email = 'canary-7f3a@example.com'
  const address = '203.0.113.77'

  it('gives every kind of thing that is kept, and no hash; then takes out the person and leaves the books', async () => {
    const own = await world.signIn(email)
    const { db } = world
    await grant(db, own.userId, 150_000_000, Date.now())
    const { secret } = await connectTo(world, own, partner)
    expect((await askModel(world, secret)).status).toBe(200)
    const { body: opened } = await own.call('POST', '/v1/account/purchases', { amount: 5 })
    await db.updateTable('purchases').set({ email }).where('id', '=', String(opened.purchase_id)).execute()
    const tried = { publishable_key: partner.test_publishable_key, amount: 10, email: 'canary-7f3a@EXAMPLE.com' }
    expect((await call(world.stack, 'POST', '/v1/checkout/sessions', { body: tried })).status).toBe(200)
    await own.call('POST', '/v1/account/keys', { name: 'key of canary-7f3a' })
    await db.updateTable('keys').set({ last_used_address: address }).where('user_id', '=', own.userId).execute()
    await db.updateTable('sessions').set({ address }).where('user_id', '=', own.userId).execute()
    const passkey = { name: 'phone', public_key: 'pub-canary', counter: 0, transports: null, last_used_at_ms: null }
    await db
      .insertInto('passkeys')
      .values({ ...passkey, id: randomUUID(), user_id: own.userId, created_at_ms: 1 })
      .execute()
    await call(world.stack, 'POST', '/v1/session/codes', {
      body: { email },
      headers: { 'sec-fetch-site': 'same-origin' },
    })
    const hashes = await db.selectFrom('keys').select(['secret_hash']).where('user_id', '=', own.userId).execute()

    const file = await own.text('/v1/account/export')
    const exported = JSON.parse(file)
    expect(exportAnswer.parse(exported)).toEqual(exported)
    expect(exported.profile).toMatchObject({ id: own.userId, email })
    for (const kind of ['purchases', 'credit_moves', 'requests', 'keys', 'consents', 'sessions', 'passkeys', 'log'])
      expect([kind, exported[kind].length > 0]).toEqual([kind, true])
    for (const { secret_hash } of hashes) expect(file).not.toContain(secret_hash)
    expect(file).not.toMatch(/hash|pub-canary/)
    const printed = JSON.parse(world.stack.cli('users', 'export', '--email', email, '--json'))
    // The last use of a key is written a little later.
    const changing = { exported_at: 0, log: [], keys: [] }
    expect({ ...printed, ...changing }).toEqual({ ...exported, ...changing })

    expect((await own.call('POST', '/v1/account/delete', {})).body).toMatchObject({
      error: { type: 'balance_remaining', code: '409' },
    })
    await db.updateTable('sessions').set({ verified_at_ms: 0 }).where('user_id', '=', own.userId).execute()
    expect((await own.call('POST', '/v1/account/delete', { forfeit: true })).body).toMatchObject({
      error: { type: 'recent_sign_in_required' },
    })
    await db.updateTable('sessions').set({ verified_at_ms: Date.now() }).where('user_id', '=', own.userId).execute()
    expect(await wholeStore()).toContain(email)
    const deleted = await own.call('POST', '/v1/account/delete', { forfeit: true })
    expect([deleted.status, deleted.body]).toEqual([200, { deleted: true }])
    expect(deleted.headers.getSetCookie().join()).toContain('oc_session=; Max-Age=0')
    expect((await own.call('GET', '/v1/account/overview')).status).toBe(401)
    await until(async () => (await askModel(world, secret)).status === 401, 3_000)
    const left = await wholeStore()
    for (const trace of ['canary-7f3a', address, 'pub-canary'])
      expect(left.split('\n').filter((row) => row.includes(trace))).toEqual([])
    expect(left).toContain(own.userId)
    expect(verifyLedger(world.stack)).toMatchObject({ ok: true, differences: [] })

    const anew = await world.signIn(email)
    expect(anew.userId).not.toBe(own.userId)
    expect((await anew.call('GET', '/v1/account/overview')).body.balance).toBe(0)
  })

  it('is done by the operator in the same way, and written down as the operator’s', async () => {
    const own = await world.signIn('erased@example.com')
    await grant(world.db, own.userId, 100_000_000, Date.now())
    expect(() =>
      world.stack.cli('users', 'erase', '--email', 'erased@example.com', '--reason', 'asked by mail'),
    ).toThrow(/100 credits left/)
    const erase = ['users', 'erase', '--user', own.userId, '--reason', 'asked by mail', '--forfeit', '--json']
    expect(JSON.parse(world.stack.cli(...erase))).toEqual({ user_id: own.userId, erased: true })
    expect((await own.call('GET', '/v1/account/overview')).status).toBe(401)
    const acts = await world.db.selectFrom('audit_log').selectAll().where('user_id', '=', own.userId).execute()
    expect(acts.find(({ action }) => action === 'account.deleted')).toMatchObject({
      ...{ actor_kind: 'cli', reason: 'asked by mail' },
    })
    expect(() => world.stack.cli(...erase)).toThrow(/no such user/i)
    expect(verifyLedger(world.stack)).toMatchObject({ ok: true })
  })
})
