import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dueQuery } from '../../packages/server/src/webhooks/claim-deliveries.ts'
import { deliveriesOf } from '../../packages/server/src/webhooks/list-deliveries.ts'
import { eventsOf } from '../../packages/server/src/webhooks/list-events.ts'
import { openTestStore, type TestStore } from '../test-store.ts'

const rows = 100_000
let store: TestStore

beforeAll(async () => {
  store = await openTestStore(inject('postgresUrl'))
  const numbers = `(with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${rows})
    select n from numbers) as numbers`
  const id = 'cast(n as text)'
  await store.run(`insert into webhook_events (id, partner_id, type, data, created_at_ms)
    select 'evt_' || ${id}, 'par_' || (n % 3), case n % 9 when 0 then 'ping' else 'key.revoked' end, '{}', n
    from ${numbers}`)
  await store.run(`insert into webhook_deliveries
    (id, event_id, endpoint_id, partner_id, state, next_at_ms, created_at_ms)
    select 'whd_' || ${id}, 'evt_' || ${id}, 'whe_' || (n % 15), 'par_' || (n % 3),
      case n % 10 when 0 then 'pending' when 1 then 'failed' else 'delivered' end, n, n from ${numbers}`)
  await store.run('analyze')
}, 60_000)

afterAll(() => store.close())

const page = { after: { atMs: 50_000, id: 'whd_x' }, limit: 50 }
const queries = {
  webhook_deliveries_due: () =>
    dueQuery(store.db, { endpoints: ['whe_1', 'whe_2'], partners: ['par_1'] }, 60_000).limit(100),
  webhook_deliveries_of_endpoint_by_state: () =>
    deliveriesOf(store.db, 'par_0', { ...page, endpoint: 'whe_0', state: 'failed' }),
  webhook_deliveries_of_endpoint: () => deliveriesOf(store.db, 'par_0', { ...page, endpoint: 'whe_0' }),
  webhook_deliveries_of_partner: () => deliveriesOf(store.db, 'par_0', page),
  webhook_deliveries_by_state: () => deliveriesOf(store.db, 'par_0', { ...page, state: 'failed' }),
  webhook_events_of_partner: () => eventsOf(store.db, 'par_0', page),
  webhook_events_of_type: () => eventsOf(store.db, 'par_0', { ...page, type: 'ping' }),
}

describe('a hundred thousand deliveries', () => {
  it.each(Object.entries(queries))('are read by the index %s, and nothing is sorted', async (index, query) => {
    const { sql, parameters } = query().compile()
    const explain = store.engine === 'sqlite' ? 'explain query plan' : 'explain'
    const plan = JSON.stringify(await store.run(`${explain} ${sql}`, parameters))
    expect(plan).toContain(index)
    // An app's endpoints are ten at most.
    expect(plan).not.toMatch(/TEMP B-TREE|Seq Scan on webhook_(deliveries|events)|Sort/)
  })
})
