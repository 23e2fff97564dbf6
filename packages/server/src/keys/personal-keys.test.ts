import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { seedPeople } from '../ledger/test-ledger.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createKeyAuthenticator } from './authenticate-key.ts'
import { changeKey } from './change-key.ts'
import { issueUserKey } from './issue-key.ts'
import { issuePersonalKey } from './issue-personal-key.ts'
import { idleLifetimeMs } from './key-expiry.ts'
import { createKeyUses, notedEveryMs } from './key-uses.ts'
import { createPepper } from './pepper.ts'
import { revokeAllKeys, revokeKey } from './revoke-key.ts'
import { rollKey } from './roll-key.ts'

const pepper = createPepper('a pepper for this test')
const by = { userId: 'U1', address: '192.0.2.1', requestId: 'req_1' }
let store: TestDatabase
let nowMs: number

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  nowMs = 1_800_000_000_000
})

afterEach(() => store.close())

const within = <Result>(work: (transaction: DatabaseTransaction) => Promise<Result>) => transact(store.db, work)
const issue = () =>
  within((transaction) =>
    issuePersonalKey(
      transaction,
      { limits: { name: 'laptop', budget: microcredits(5_000_000), window: 'day' }, partnerId: 'P1', pepper, by },
      nowMs,
    ),
  )
const keyUses = () => createKeyUses({ db: store.db, clientAddress: () => '192.0.2.7' })
const authenticator = (uses = keyUses()) =>
  createKeyAuthenticator({ db: store.db, clock: { nowMs: () => nowMs }, pepper, keyUses: uses })
const acts = async () =>
  (await store.db.selectFrom('audit_log').selectAll().orderBy('id').execute()).map(({ action, user_id, address }) => [
    ...[action, user_id, address],
  ])
const refusal = { code: 'invalid_user_key' }

describe('a personal key', () => {
  it('carries its limits, and takes new ones; both stand in the log', async () => {
    const { keyId, secret } = await issue()
    expect(await authenticator().authenticateUserKey(secret)).toMatchObject({
      ...{ userId: 'U1', source: 'account', budgetId: keyId, models: null },
      budget: { amountMicrocredits: 5_000_000, window: 'day' },
    })
    const changes = { rpm: 9, models: ['gpt-4o'], window: 'week' } as const
    await within((transaction) =>
      changeKey(transaction, { keyId, changes: { ...changes, models: ['gpt-4o'] }, by }, nowMs),
    )
    expect(await authenticator().authenticateUserKey(secret)).toMatchObject({
      ...{ requestsPerMinute: 9, models: ['gpt-4o'], budget: { amountMicrocredits: 5_000_000, window: 'week' } },
    })
    expect(await acts()).toEqual([
      ['key.created', 'U1', '192.0.2.1'],
      ['key.changed', 'U1', '192.0.2.1'],
    ])
  })

  it('is rolled: both secrets work for the grace time, then only the new one', async () => {
    const { keyId, secret: old } = await issue()
    const { secret: fresh } = await within((transaction) =>
      rollKey(transaction, { keyId, graceSeconds: 60, pepper, by }, nowMs),
    )
    const { authenticateUserKey } = authenticator()
    for (const secret of [old, fresh]) expect(await authenticateUserKey(secret)).toMatchObject({ keyId })
    nowMs += 60_000
    await expect(authenticateUserKey(old)).rejects.toMatchObject({
      ...{ ...refusal, message: expect.stringContaining('replaced by a new one') },
    })
    expect(await authenticateUserKey(fresh)).toMatchObject({ keyId })
    await within((transaction) => rollKey(transaction, { keyId, graceSeconds: 0, pepper, by }, nowMs))
    nowMs += 2_000
    await expect(authenticateUserKey(fresh)).rejects.toMatchObject(refusal)
  })

  it('of somebody else is the same 404 as none; a revoked one and an app’s are not changed', async () => {
    const { keyId } = await issue()
    const changeAs = (userId: string, id: string) =>
      within((transaction) => changeKey(transaction, { keyId: id, changes: { rpm: 1 }, by: { userId } }, nowMs))
    await expect(changeAs('U2', keyId)).rejects.toMatchObject({ code: 'not_found' })
    await expect(changeAs('U2', 'key_none')).rejects.toMatchObject({ code: 'not_found' })
    await expect(changeAs('U1', 'K1')).rejects.toMatchObject({ code: 'conflict' })
    await within((transaction) => revokeKey(transaction, { keyId, by }, nowMs))
    await expect(changeAs('U1', keyId)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('ends with all keys of its user in the emergency stop, and nobody else’s', async () => {
    const { secret } = await issue()
    expect(await within((transaction) => revokeAllKeys(transaction, { by }, nowMs))).toBe(2)
    await expect(authenticator().authenticateUserKey(secret)).rejects.toMatchObject(refusal)
    const live = await store.db.selectFrom('keys').select('id').where('revoked_at_ms', 'is', null).execute()
    expect(live.map(({ id }) => id)).not.toContain('K1')
    expect(live.map(({ id }) => id)).toContain('K2')
  })
})

describe('a key that is not used', () => {
  const issueFor = (source: 'login' | 'account') =>
    within((transaction) =>
      issueUserKey(transaction, pepper, { userId: 'U1', partnerId: 'P1', livemode: true, source }, nowMs),
    )

  it('dies after 180 days where an app has it, and never where its owner made it', async () => {
    const [ofApp, own] = [await issueFor('login'), await issueFor('account')]
    nowMs += idleLifetimeMs
    const { authenticateUserKey } = authenticator()
    await expect(authenticateUserKey(ofApp.secret)).rejects.toMatchObject({
      ...{ ...refusal, message: expect.stringContaining('not used for 180 days') },
    })
    expect(await authenticateUserKey(own.secret)).toMatchObject({ keyId: own.keyId })
  })

  it('lives on where it is used, at whichever server; that is written rarely, and is no change of the key', async () => {
    const { keyId, secret } = await issueFor('login')
    const [here, there] = [keyUses(), keyUses()]
    const [first, second] = [authenticator(here), authenticator(there)]
    await first.authenticateUserKey(secret)
    await second.authenticateUserKey(secret)
    nowMs += idleLifetimeMs - 1
    await second.authenticateUserKey(secret)
    await there.write()
    nowMs += notedEveryMs
    const changes = () => store.db.selectFrom('change_counts').select('changes').executeTakeFirstOrThrow()
    const before = await changes()
    await first.authenticateUserKey(secret)
    await here.write()
    expect(await changes()).toEqual(before)
    const row = () => store.db.selectFrom('keys').select('last_used_at_ms').where('id', '=', keyId).executeTakeFirst()
    expect(await row()).toEqual({ last_used_at_ms: nowMs })
    nowMs += notedEveryMs - 1
    await first.authenticateUserKey(secret)
    await here.write()
    expect(await row()).toEqual({ last_used_at_ms: nowMs - notedEveryMs + 1 })
  })
})
