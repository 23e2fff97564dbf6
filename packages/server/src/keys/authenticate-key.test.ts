import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seedPeople } from '../ledger/test-ledger.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createKeyAuthenticator } from './authenticate-key.ts'
import { newSecret } from './key-format.ts'
import { createPepper } from './pepper.ts'
import { revokeKey } from './revoke-key.ts'

const pepper = createPepper('a pepper for this test')
let store: TestDatabase
let nowMs: number

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
  nowMs = 1_800_000_000_000
  await store.db.updateTable('keys').set({ created_at_ms: nowMs }).execute()
})

afterEach(() => store.close())

/** One server of several on the same store. */
const server = () => createKeyAuthenticator({ db: store.db, clock: { nowMs: () => nowMs }, pepper })

/** Gives a key a secret, as one server does it while another knows the key already, or knows that there is none. */
async function giveSecret(keyId: string): Promise<string> {
  const secret = newSecret('sk', true)
  await store.db
    .updateTable('keys')
    .set({ secret_hash: pepper.hash('secret', secret) })
    .where('id', '=', keyId)
    .execute()
  return secret
}

const revoke = () =>
  transact(store.db, (transaction) => revokeKey(transaction, { keyId: 'K1', by: { userId: 'U1' } }, nowMs))

describe('a key that one server knows', () => {
  it.each([
    ['keeps working', 1_400, 'K1'],
    ['is refused', 1_600, 'invalid_user_key'],
  ])('%s %i ms after another has revoked it', async (_label, afterMs, expected) => {
    const secret = await giveSecret('K1')
    const { authenticateUserKey } = server()
    await authenticateUserKey(secret)
    await revoke()
    nowMs += afterMs
    const told = authenticateUserKey(secret).then(
      ({ keyId }) => keyId,
      ({ code }) => code,
    )
    expect(await told).toBe(expected)
  })

  it('is refused two seconds after it was revoked, however busily it was used meanwhile', async () => {
    const secret = await giveSecret('K1')
    const { authenticateUserKey } = server()
    await authenticateUserKey(secret)
    nowMs += 1_200
    await authenticateUserKey(secret)
    await revoke()
    for (let elapsed = 0; elapsed < 1_600; elapsed += 100) {
      await authenticateUserKey(secret).catch(() => {})
      nowMs += 100
    }
    await expect(authenticateUserKey(secret)).rejects.toMatchObject({ code: 'invalid_user_key' })
  })

  it('is looked at again when the clock was set back', async () => {
    const secret = await giveSecret('K1')
    const { authenticateUserKey } = server()
    await authenticateUserKey(secret)
    await revoke()
    nowMs -= 3_600_000
    await expect(authenticateUserKey(secret)).rejects.toMatchObject({ code: 'invalid_user_key' })
  })

  it('carries a new owner and a new budget as soon as they hold', async () => {
    const secret = await giveSecret('K1')
    const { authenticateUserKey } = server()
    expect(await authenticateUserKey(secret)).toMatchObject({ userId: 'U1', budget: null })
    await store.db
      .updateTable('keys')
      .set({ user_id: 'U2', budget_microcredits: 5, budget_window: 'day' })
      .where('id', '=', 'K1')
      .execute()
    nowMs += 1_600
    expect(await authenticateUserKey(secret)).toMatchObject({ userId: 'U2', budget: { amountMicrocredits: 5 } })
  })
})

describe('the wallet of a key', () => {
  it.each([
    [10, 9, true],
    [10, 10, false],
    [-1, 0, false],
    [null, null, false],
  ])('is seen as it is when the key is read: %j less %j held', async (posted, held, wasFunded) => {
    if (posted !== null && held !== null)
      await store.db
        .insertInto('wallets')
        .values({ user_id: 'U1', posted_microcredits: posted, held_microcredits: held })
        .onConflict((known) => known.doUpdateSet({ posted_microcredits: posted, held_microcredits: held }))
        .execute()
    else await store.db.deleteFrom('wallets').where('user_id', '=', 'U1').execute()
    const secret = await giveSecret('K1')
    expect(await server().authenticateUserKey(secret)).toMatchObject({ wasFunded, readAtMs: nowMs })
  })
})

describe('a mark on a user', () => {
  const mark = (markedAtMs: number | null) =>
    store.db.updateTable('users').set({ marked_at_ms: markedAtMs }).where('id', '=', 'U1').execute()

  it('shows on the user’s keys at every server within 1.5 s, and so does its removal', async () => {
    const secret = await giveSecret('K1')
    const { authenticateUserKey } = server()
    expect(await authenticateUserKey(secret)).toMatchObject({ isMarked: false })
    await mark(nowMs)
    nowMs += 1_600
    expect(await authenticateUserKey(secret)).toMatchObject({ keyId: 'K1', userId: 'U1', isMarked: true })
    await mark(null)
    nowMs += 1_600
    expect(await authenticateUserKey(secret)).toMatchObject({ isMarked: false })
  })

  it('does not count as a change when it is set again', async () => {
    const changes = async () =>
      (await store.db.selectFrom('change_counts').select('changes').executeTakeFirstOrThrow()).changes
    await mark(5)
    const before = await changes()
    await mark(5)
    await store.db.updateTable('users').set({ created_at_ms: 1 }).where('id', '=', 'U1').execute()
    expect(await changes()).toBe(before)
  })
})

it('a key that was unknown is known 1.5 s after another server has made it', async () => {
  const secret = newSecret('sk', true)
  const { authenticateUserKey } = server()
  await expect(authenticateUserKey(secret)).rejects.toMatchObject({ code: 'invalid_user_key' })
  const row = await store.db.selectFrom('keys').selectAll().where('id', '=', 'K1').executeTakeFirstOrThrow()
  await store.db
    .insertInto('keys')
    .values({ ...row, id: 'K9', secret_hash: pepper.hash('secret', secret) })
    .execute()
  nowMs += 1_600
  expect(await authenticateUserKey(secret)).toMatchObject({ keyId: 'K9' })
})

it('a key that nobody changes is not read again for each call', async () => {
  const secret = await giveSecret('K1')
  const { authenticateUserKey } = server()
  await authenticateUserKey(secret)
  // Changed behind the back of the count, which no server does.
  const { CompiledQuery } = await import('kysely')
  await store.db.executeQuery(CompiledQuery.raw('drop trigger keys_count_update'))
  await revoke()
  nowMs += 10_000
  expect(await authenticateUserKey(secret)).toMatchObject({ keyId: 'K1' })
})
