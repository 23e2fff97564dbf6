import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { transact } from '../../packages/server/src/store/transact.ts'
import { listEndpoints } from '../../packages/server/src/webhooks/manage-endpoints.ts'
import { recordAttempt } from '../../packages/server/src/webhooks/record-attempt.ts'
import { openTestStore, type TestStore } from '../test-store.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore(inject('postgresUrl'))
})

afterAll(() => store.close())

const gone = { status: 410, error: 'answered 410', responseHead: null, retryAfterMs: null }

it('attempts that fail at once and disable their endpoint do not wait for each other', async () => {
  await store.run(
    `insert into webhook_events (id, partner_id, type, data, created_at_ms) values ('evt_1', 'par_1', 'ping', '{}', 1)`,
  )
  const event = await store.db.selectFrom('webhook_events').selectAll().executeTakeFirstOrThrow()
  let runs = 0
  // Once is not enough: connections that are made anew come one after the other.
  for (const round of ['a', 'b', 'c', 'd', 'e']) {
    const ids = [1, 2, 3, 4].map((number) => `whd_${round}${number}`)
    await store.run(`insert into webhook_endpoints (id, partner_id, url, secret_ciphertext, state, created_at_ms)
      values ('whe_${round}', 'par_1', 'https://app.example/', '', 'enabled', 1)`)
    const rows = ids.map((id) => `('${id}', 'evt_1', 'whe_${round}', 'par_1', 'pending', 1, 1)`)
    await store.run(`insert into webhook_deliveries
      (id, event_id, endpoint_id, partner_id, state, next_at_ms, created_at_ms) values ${rows.join()}`)
    const endpoint = (await listEndpoints(store.db, 'par_1')).at(-1)
    if (endpoint === undefined) throw new Error('no endpoint')
    const record = (id: string) =>
      transact(store.db, (transaction) => {
        runs += 1
        const delivery = { id, attempt: 1, attemptInRound: 1, event, endpoint }
        return recordAttempt(transaction, { delivery, outcome: gone, startedAtMs: 1, headers: {} }, 2)
      })
    const recorded = await Promise.all(ids.map(record))
    expect(recorded.flatMap(({ disabled }) => disabled ?? [])).toEqual(['gone'])
  }
  // A transaction that met a deadlock would have been run again.
  expect(runs).toBe(20)
  expect(await store.run('select id from webhook_attempts')).toHaveLength(20)
})
