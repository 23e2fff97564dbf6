import { afterAll, beforeAll, expect, it } from 'vitest'
import { runOnStore } from '../test-store.ts'
import { balanceOf, call, direct, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

/** Bugs while calls are settled. A store that is unavailable for a moment is another matter: that is waited for. */

let caller: Caller
let url: string

beforeAll(async () => {
  caller = await startCaller()
  url = String(caller.stack.environment.DATABASE_URL)
}, 60_000)

afterAll(() => caller.stack.close())

/** Makes every insert into transfers fail, as a bug would. @returns a function that repairs it. */
async function breakSettling(): Promise<() => Promise<void>> {
  if (url.startsWith('sqlite:')) {
    await runOnStore(url, "create trigger fault before insert on transfers begin select raise(abort, 'a bug'); end")
    return () => runOnStore(url, 'drop trigger fault')
  }
  await runOnStore(
    url,
    "create function fault() returns trigger language plpgsql as $$ begin raise exception 'a bug'; end $$",
  )
  await runOnStore(url, 'create trigger fault before insert on transfers for each row execute function fault()')
  return () => runOnStore(url, 'drop trigger fault on transfers')
}

it('a bug is answered with 500 at once, logged and counted, and loses nothing: recovery charges the calls later', async () => {
  const before = (await balanceOf(caller.stack, caller.key)).balance
  const mend = await breakSettling()
  const startedAtMs = performance.now()
  const plain = await caller.message('Hi [[sandbox: tokens=20]]', { max_tokens: 100 })
  expect(performance.now() - startedAtMs).toBeLessThan(10_000)
  expect(plain).toMatchObject({ status: 500, body: { type: 'error', error: { type: 'internal_error' } } })
  const id = String(plain.headers.get('request-id'))
  expect(plain.body.request_id).toBe(id)
  expect(JSON.stringify(plain.body)).not.toContain('a bug')
  const stream = await call(caller.stack, 'POST', '/v1/messages', {
    key: caller.key,
    body: {
      ...{ model: 'claude-sonnet-4', stream: true, max_tokens: 100 },
      messages: [{ role: 'user', content: 'Hi [[sandbox: tokens=20 first-byte-delay=50]]' }],
    },
  }).catch(() => null)
  // The end of an answer is sent after the charge only.
  expect(String(stream?.body.text ?? '')).not.toContain('message_stop')
  expect(caller.stack.output()).toMatch(new RegExp(`"requestId":"${id}","code":"internal_error"`))
  const text = await (await fetch(`${direct(caller.stack)}/metrics`)).text()
  expect(text).toMatch(/^opencredits_calls_unresolved_total 2$/m)
  expect((await balanceOf(caller.stack, caller.key)).held).toBeGreaterThan(0)
  // Recovery meets the same bug, reports it, and keeps trying.
  await until(async () => caller.stack.output().includes('a hold could not be resolved'), 30_000)
  await mend()
  await until(async () => (await balanceOf(caller.stack, caller.key)).held === 0, 30_000)
  expect(await caller.record(id)).toMatchObject({ status: 'settled', ending: 'recovered', estimated: true })
  expect((await balanceOf(caller.stack, caller.key)).balance).toBeLessThan(before)
  expect((await caller.message('Hi', { max_tokens: 100 })).status).toBe(200)
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0, differences: [] })
}, 90_000)
