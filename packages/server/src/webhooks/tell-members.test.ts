import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPepper } from '../keys/pepper.ts'
import { createPartner } from '../partners/save-partner.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { findOrCreateAccount } from '../users/find-user.ts'
import { queueDisabledMails } from './tell-members.ts'

let store: TestDatabase

beforeAll(async () => {
  store = await openTestDatabase()
})
afterAll(() => store.close())

async function told(partnerId: string): Promise<readonly unknown[]> {
  const endpoint = { id: 'whe_1', partner_id: partnerId }
  await transact(store.db, (transaction) => queueDisabledMails(transaction, endpoint, 1))
  const rows = await store.db.deleteFrom('mail_outbox').returning('content').execute()
  return rows.map(({ content }) => JSON.parse(content).memberUserId).toSorted()
}

it('tells those members who may mend an endpoint, of either world, and whoever made the app while it has none', async () => {
  const deps = { db: store.db, pepper: createPepper('a pepper'), shareBasisPointsMax: 10_000 }
  const terms = { name: 'App', email: 'maker@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] }
  const { id } = await createPartner(deps, { ...terms, logoUrl: null, accentColor: null, isActive: true }, 1)
  expect(await told(id)).toEqual([null])
  const members: string[] = []
  for (const role of ['owner', 'admin', 'developer', 'finance', 'viewer'] as const) {
    const email = `${role}@example.com`
    const userId = await transact(store.db, (transaction) =>
      findOrCreateAccount(transaction, { email, livemode: true }, 1),
    )
    const row = { id: `mem_${role}`, partner_id: id, user_id: userId, role, created_at_ms: 1, updated_at_ms: 1 }
    await store.db.insertInto('partner_members').values(row).execute()
    if (role !== 'finance' && role !== 'viewer') members.push(userId)
  }
  expect(await told(id)).toEqual(members.toSorted())
  const twin = await store.db.selectFrom('partners').select('id').where('live_partner_id', '=', id).executeTakeFirst()
  expect(await told(twin?.id ?? '')).toEqual(members.toSorted())
})
