import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordAct } from '../audit-log/record-act.ts'
import { openTestBatch } from '../batches/test-batch.ts'
import { fixedClock } from '../kernel/clock.ts'
import { fund, seedPeople } from '../ledger/test-ledger.ts'
import { createCatalogue } from '../pricing/catalogue.ts'
import { noOperatorModels } from '../pricing/operator-models.ts'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { mergeGuest } from '../users/merge-guest.ts'
import { eraseUser } from './erase-user.ts'

const clock = fixedClock()
let store: TestDatabase

beforeEach(async () => {
  store = await openTestDatabase()
  await seedPeople(store.db)
})
afterEach(() => store.close())

it('erases what a user wrote, and from where, as the guest who the user was', async () => {
  const model = createCatalogue(noOperatorModels, clock.nowMs()).find('claude-sonnet-4')
  if (model === null) throw new Error('no model')
  await fund(store.db, 'U1', 1000)
  await openTestBatch(store.db, { id: 'msgbatch_one', clock, model, holds: [10, 10] })
  await store.db.updateTable('users').set({ email: 'ann@example.com' }).where('id', '=', 'U2').execute()
  const made = { actor: { kind: 'user', id: 'U1' }, action: 'key.created', target: { kind: 'key', id: 'K1' } } as const
  const by = { actor: { kind: 'user', id: 'U2' }, requestId: null, reason: null } as const
  await transact(store.db, async (transaction) => {
    await recordAct(transaction, { ...made, userId: 'U1', address: '203.0.113.7' }, 1)
    await mergeGuest(transaction, { guestUserId: 'U1', accountUserId: 'U2' }, 2)
    await eraseUser(transaction, { userId: 'U2', isForfeiting: true, by }, 3)
  })
  const items = await store.db.selectFrom('batch_items').select('custom_id').execute()
  expect(items.map(({ custom_id: customId }) => customId)).toEqual(['', ''])
  const acts = await store.db.selectFrom('audit_log').select('address').execute()
  expect(acts.filter(({ address }) => address !== null)).toEqual([])
})
