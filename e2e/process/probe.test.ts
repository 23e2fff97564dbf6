import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { signInSession } from './session-client.ts'
import { fromFrame, signInTo } from './sign-in.ts'
let stack: Stack
let app: PartnerKeys
let store: PeopleStore
beforeAll(async () => {
  stack = await startProcessStack()
  store = openPeopleStore(stack)
  app = stack.createPartner()
}, 60_000)
afterAll(async () => {
  console.log(JSON.stringify(verifyLedger(stack)))
  await store.close(); await stack.close()
})
const someone = () => `${randomUUID()}@example.com`
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))
it('5 huge budget', async () => {
  const email = someone(); await store.give(email, 100)
  const a = await signInTo(stack, app, email, { budget: '9007199254.740991' as never })
  const { body } = await call(stack, 'POST', '/v1/checkout/sessions', { key: a.userKey, body: { publishable_key: app.publishable_key, amount: 5 } })
  await stack.sandbox.stripe.control.pay(String(body.session_id))
  await sleep(2500)
  const r = await call(stack, 'GET', `/v1/checkout/sessions/${body.session_id}`, { key: a.userKey })
  console.log('5', r.status, JSON.stringify(r.body), (await call(stack, 'GET', '/v1/account/apps', { headers: { ...fromFrame(stack), 'x-opencredits-session': a.sessionToken } })).status)
  const s = { ...fromFrame(stack), 'x-opencredits-session': a.sessionToken }
  console.log('5b', JSON.stringify((await call(stack, 'PATCH', `/v1/account/apps/${app.id}`, { headers: s, body: { budget: 5, window: 'day' } })).body))
})
it('p many keys', async () => {
  const email = someone()
  const me = await signInSession(stack, email)
  let t = performance.now()
  let last = 0
  for (let i = 0; i < 150; i++) {
    await Promise.all(Array.from({ length: 10 }, async () => {
      const r = await call(stack, 'POST', '/v1/account/keys', { headers: me, body: { name: 'x' } })
      last = r.status
    }))
    if (i % 9 === 8) await call(stack, 'POST', '/v1/account/keys/revoke_all', { headers: me, body: {} })
  }
  console.log('p made', last, performance.now() - t)
  for (const path of ['keys', 'overview', 'apps', 'export', 'log']) {
    t = performance.now()
    const r = await call(stack, 'GET', `/v1/account/${path}`, { headers: me })
    console.log('p', path, r.status, (performance.now() - t).toFixed(0))
  }
}, 120_000)
