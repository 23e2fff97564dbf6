import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { transact } from '../store/transact.ts'
import { recordEvent } from './record-event.ts'

let store: TestDatabase
beforeEach(async () => {
  store = await openTestDatabase()
  const app = { name: 'App', email: 'app@example.com', share_basis_points: 0, created_at_ms: 0, updated_at_ms: 0 }
  const worlds = [
    { id: 'par_1', publishable_key: 'one', livemode: 1 },
    { id: 'par_2', publishable_key: 'two', livemode: 0 },
  ]
  await store.db
    .insertInto('partners')
    .values(worlds.map((world) => ({ ...app, ...world })))
    .execute()
})
afterEach(() => store.close())

const addEndpoint = (
  id: string,
  more: { state?: 'enabled' | 'disabled'; events?: string[]; partnerId?: string } = {},
) =>
  store.db
    .insertInto('webhook_endpoints')
    .values({
      ...{ id, partner_id: more.partnerId ?? 'par_1', url: 'https://a.example/', description: null },
      ...{ events: more.events === undefined ? null : JSON.stringify(more.events), secret_ciphertext: '' },
      ...{ previous_secret_ciphertext: null, previous_until_ms: null, state: more.state ?? 'enabled' },
      ...{ disabled_reason: null, failing_since_ms: null, created_at_ms: 1 },
    })
    .execute()

const revoked = {
  type: 'key.revoked',
  partnerId: 'par_1',
  userId: 'usr_1',
  cause: 'key_1',
  data: { key_id: 'key_1' },
} as const
const record = (event: Parameters<typeof recordEvent>[1] = revoked) =>
  transact(store.db, (transaction) => recordEvent(transaction, event, 5))
const deliveries = () =>
  store.db.selectFrom('webhook_deliveries').select(['endpoint_id', 'state']).orderBy('endpoint_id').execute()

describe('recordEvent', () => {
  it('writes nothing for a partner without an endpoint', async () => {
    await addEndpoint('whe_other', { partnerId: 'par_2' })
    expect(await record()).toBeNull()
    expect(await store.db.selectFrom('webhook_events').selectAll().execute()).toEqual([])
    expect(await deliveries()).toEqual([])
  })

  it('writes one delivery for each endpoint that takes the type, skipped where it is disabled', async () => {
    await addEndpoint('whe_all')
    await addEndpoint('whe_off', { state: 'disabled' })
    await addEndpoint('whe_others', { events: ['purchase.completed'] })
    await addEndpoint('whe_these', { events: ['ping', 'key.revoked'] })
    const id = await record()
    expect(id).toMatch(/^evt_[0-9a-f]{32}$/)
    expect(await deliveries()).toEqual([
      { endpoint_id: 'whe_all', state: 'pending' },
      { endpoint_id: 'whe_off', state: 'skipped' },
      { endpoint_id: 'whe_these', state: 'pending' },
    ])
  })

  it('derives the id from type, partner and cause: a replay writes nothing', async () => {
    await addEndpoint('whe_all')
    await addEndpoint('whe_2', { partnerId: 'par_2' })
    const id = await record()
    expect(await record()).toBeNull()
    const others = [
      await record({ ...revoked, cause: 'key_2' }),
      await record({ ...revoked, partnerId: 'par_2' }),
      await record({ ...revoked, type: 'ping', data: { endpoint_id: 'whe_all' } }),
    ]
    expect(new Set([id, ...others]).size).toBe(4)
    expect(await deliveries()).toHaveLength(4)
  })

  it('is gone with its cause', async () => {
    await addEndpoint('whe_all')
    const failing = transact(store.db, async (transaction) => {
      await recordEvent(transaction, revoked, 5)
      throw new Error('the cause failed')
    })
    await expect(failing).rejects.toThrow('the cause failed')
    expect(await deliveries()).toEqual([])
  })

  it('is of the world of its app', async () => {
    await addEndpoint('whe_1')
    await addEndpoint('whe_2', { partnerId: 'par_2' })
    await record()
    await record({ ...revoked, partnerId: 'par_2' })
    const events = store.db.selectFrom('webhook_events').select(['partner_id', 'livemode']).orderBy('partner_id')
    expect(await events.execute()).toEqual([
      { partner_id: 'par_1', livemode: 1 },
      { partner_id: 'par_2', livemode: 0 },
    ])
  })

  it('goes to one endpoint only where one is named', async () => {
    await addEndpoint('whe_1', { events: ['key.revoked'] })
    await addEndpoint('whe_2')
    await record({ ...revoked, type: 'ping', data: { endpoint_id: 'whe_1' }, endpointId: 'whe_1' })
    expect(await deliveries()).toEqual([{ endpoint_id: 'whe_1', state: 'pending' }])
  })
})
