import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayMs } from '../kernel/clock.ts'
import { issueUserKey } from '../keys/issue-key.ts'
import { createPepper } from '../keys/pepper.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { createGuest } from '../users/find-user.ts'
import { readSeen } from './read-seen.ts'

const nowMs = 10 * dayMs
const pepper = createPepper('test pepper of the setup log')
let store: TestDatabase
let app: string

const terms = {
  ...{ name: 'App', email: 'maker@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] },
  ...{ logoUrl: null, accentColor: null, isActive: true },
}

beforeAll(async () => {
  store = await openTestDatabase()
  const deps = { db: store.db, pepper, shareBasisPointsMax: 10_000 }
  app = (await createPartner(deps, terms, 0)).id
  const { id: otherApp } = await createPartner(deps, terms, 0)
  // Three users sign in, one of them in another app and one longer ago than the log reaches; a fourth has only bought.
  await addKey(app, 'login', nowMs - 8 * dayMs)
  await addKey(app, 'login', nowMs - 2_000)
  await addKey(app, 'login', nowMs - 1_000)
  await addKey(otherApp, 'login', nowMs - 1_000)
  await addKey(app, 'checkout', nowMs - 1_000)
  await addRefusal(app, 'http://localhost:3000', nowMs - 500)
  await addRefusal(app, 'http://localhost:4000', nowMs - 8 * dayMs)
})
afterAll(() => store.close())

function addKey(partnerId: string, source: 'login' | 'checkout', atMs: number) {
  return transact(store.db, async (transaction) => {
    const userId = await createGuest(transaction, true, atMs)
    await issueUserKey(transaction, pepper, { userId, partnerId, livemode: true, source }, atMs)
  })
}

function addRefusal(partnerId: string, subject: string, atMs: number) {
  const times = { times: 3, first_at_ms: atMs - 10, last_at_ms: atMs }
  const row = { id: `obs_${subject}`, partner_id: partnerId, kind: 'origin_refused', subject, ...times } as const
  return store.db.insertInto('setup_observations').values(row).execute()
}

describe('readSeen', () => {
  it('brings what is noted and what is read from elsewhere together, newest first, one entry for what is alike', async () => {
    const seen = await readSeen(store.db, app, nowMs)
    expect(seen).toMatchObject([
      { kind: 'origin_refused', subject: 'http://localhost:3000', times: 3, lastAtMs: nowMs - 500 },
      { kind: 'signed_in', times: 2, firstAtMs: nowMs - 2_000, lastAtMs: nowMs - 1_000 },
    ])
    expect(seen).toHaveLength(2)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2)
  })
})
