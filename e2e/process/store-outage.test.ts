import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import { type Stack, startStack } from '../stack.ts'
import { startPostgres, type TestPostgres } from '../start-postgres.ts'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'

let postgres: TestPostgres
let stack: Stack
let key: string

beforeAll(async () => {
  postgres = await startPostgres()
  stack = await startStack({ postgresUrl: postgres.url })
  key = (await buyCredits(stack, stack.createPartner(), 100)).userKey
}, 120_000)

afterAll(async () => {
  await stack.close()
  await postgres.close()
})

const chat = () =>
  call(stack, 'POST', '/v1/chat/completions', {
    key,
    body: { model: 'gpt-4o-mini', max_tokens: 50, messages: [{ role: 'user', content: 'Hi [[sandbox: tokens=5]]' }] },
  })

it('while PostgreSQL is down: no paid work, 503 with a time to come again, and the process lives', async () => {
  expect((await chat()).status).toBe(200)
  const calls = (await stack.sandbox.providers.control.calls()).length
  await postgres.stop()
  for (let time = 0; time < 3; time += 1) {
    const refused = await chat()
    expect(refused.status).toBe(503)
    expect(refused.body).toMatchObject({ error: { type: 'overloaded' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await stack.sandbox.providers.control.calls()).length).toBe(calls)
  const anthropic = await call(stack, 'POST', '/v1/messages', {
    key,
    body: { model: 'claude-sonnet-4', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] },
  })
  expect(anthropic.body).toMatchObject({ type: 'error', error: { type: 'overloaded' } })
  expect((await call(stack, 'GET', '/v1/credits/balance', { key })).status).toBe(503)
  expect(await call(stack, 'GET', '/v1/health')).toMatchObject({ status: 503, body: { database: 'unavailable' } })
  expect((await call(stack, 'GET', '/v1/health/live')).status).toBe(200)
  const metrics = await (await fetch(`${direct(stack)}/metrics`)).text()
  expect(metrics).toContain('\nopencredits_store_up 0\n')
  expect(metrics).not.toMatch(/^opencredits_holds_open /m)
  await postgres.start()
})

it('when PostgreSQL is back, the server works again by itself', async () => {
  await until(async () => (await call(stack, 'GET', '/v1/health')).status === 200)
  expect((await chat()).status).toBe(200)
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
})

it('a call in flight outlives a restart of PostgreSQL and is charged', async () => {
  const before = (await balanceOf(stack, key)).balance
  const response = await fetch(`${direct(stack)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': key },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      stream: true,
      max_tokens: 500,
      messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=100 delay=20]]' }],
    }),
  })
  await postgres.stop()
  const text = response.text()
  // The stream ends while the store is away: its last bytes wait for the charge.
  await new Promise((wait) => setTimeout(wait, 3_000))
  await postgres.start()
  expect(await text).toContain('data: [DONE]')
  await until(async () => (await call(stack, 'GET', '/v1/health')).status === 200)
  const { balance, held } = await balanceOf(stack, key)
  expect(held).toBe(0)
  expect(balance).toBeLessThan(before)
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
})

it('a stream that needs its next step while the store stays away is told whose fault it is, and charged when it is back', async () => {
  const response = await fetch(`${direct(stack)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-key': key },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      stream: true,
      messages: [{ role: 'user', content: 'Go on [[sandbox: tokens=6000 delay=1]]' }],
    }),
  })
  await postgres.stop()
  const text = await response.text()
  expect(text).toMatch(/\ndata: \{"error":\{[^\n]*overloaded[^\n]*\n\n$/)
  await postgres.start()
  await until(async () => (await call(stack, 'GET', '/v1/health')).status === 200)
  const id = response.headers.get('request-id')
  const record = async () => (await call(stack, 'GET', `/v1/credits/requests/${id}`, { key })).body
  await until(async () => (await record()).status === 'settled')
  expect(await record()).toMatchObject({
    ending: 'store_failed',
    error: 'overloaded',
    estimated: true,
    paid_by_operator: 0,
  })
  const words = text.match(/"content":"[^"]+"/g) ?? []
  expect(((await record()).tokens as { readonly output: number }).output).toBeGreaterThanOrEqual(words.length)
  const metrics = await (await fetch(`${direct(stack)}/metrics`)).text()
  expect(metrics).toContain('opencredits_stream_faults_total{provider="openai",fault="store"} 1\n')
  expect(stack.output()).toContain('a stream failed on our side')
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
}, 90_000)

it('a connection that breaks between two statements fails its transaction, not the process', async () => {
  const db = openDatabase({ engine: 'postgres', location: String(stack.environment.DATABASE_URL) }, { poolMax: 2 })
  const broken = db.transaction().execute(async (transaction) => {
    const own = await transaction
      .selectNoFrom((of) => of.fn<number>('pg_backend_pid').as('id'))
      .executeTakeFirstOrThrow()
    await db.selectNoFrom((of) => of.fn('pg_terminate_backend', [of.val(own.id)]).as('done')).execute()
    await new Promise((wait) => setTimeout(wait, 200))
    await transaction.selectFrom('servers').selectAll().execute()
  })
  await expect(broken).rejects.toMatchObject({ code: 'overloaded' })
  expect(await db.selectFrom('servers').selectAll().execute()).toHaveLength(1)
  await db.destroy()
})

it('two transactions that lock each other out both succeed: the one that lost is tried again', async () => {
  const db = openDatabase({ engine: 'postgres', location: String(stack.environment.DATABASE_URL) })
  const rows = ['a', 'b'].map((id) => ({ id, host_name: 'x', process_id: 1, heartbeat_at_ms: 9e15 }))
  await db.insertInto('servers').values(rows).execute()
  let runs = 0
  const touchBoth = (ids: readonly string[]) =>
    transact(db, async (transaction) => {
      runs += 1
      for (const id of ids) {
        await transaction
          .updateTable('servers')
          .set((of) => ({ process_id: of('process_id', '+', 1) }))
          .where('id', '=', id)
          .execute()
        await new Promise((wait) => setTimeout(wait, 100))
      }
    })
  await Promise.all([touchBoth(['a', 'b']), touchBoth(['b', 'a'])])
  expect(runs).toBeGreaterThan(2)
  const touched = await db.selectFrom('servers').select('process_id').where('id', 'in', ['a', 'b']).execute()
  expect(touched.map((row) => row.process_id)).toEqual([3, 3])
  await db.deleteFrom('servers').where('id', 'in', ['a', 'b']).execute()
  await db.destroy()
})
