import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, balanceOf, until, verifyLedger } from './api-client.ts'
import { type Caller, startCaller } from './caller.ts'

let caller: Caller

beforeAll(async () => {
  caller = await startCaller({ BATCH_POLL_MS: '100' })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(caller.stack)).toMatchObject({ ok: true, openHolds: 0 })
  await caller.stack.close()
})

const params = (content: string, more: object = {}) => ({
  model: 'claude-sonnet-4',
  max_tokens: 100,
  messages: [{ role: 'user', content }],
  ...more,
})

describe('a batch', () => {
  it('smoke', async () => {
    const requests = Array.from({ length: 20 }, (_, index) => ({ custom_id: `mine-${index}`, params: params(`hello ${index}`) }))
    const made = await call(caller.stack, 'POST', '/v1/messages/batches', { key: caller.key, body: { requests } })
    console.log(JSON.stringify(made.body), await balanceOf(caller.stack, caller.key))
    await until(async () => (await balanceOf(caller.stack, caller.key)).held === 0)
    console.log((await call(caller.stack, 'GET', `/v1/messages/batches/${made.body.id}`, { key: caller.key })).body)
    console.log((await call(caller.stack, 'GET', `/v1/messages/batches/${made.body.id}/results`, { key: caller.key })).body)
    console.log(await balanceOf(caller.stack, caller.key))
    console.log(caller.stack.output().slice(-2000))
  })
})
