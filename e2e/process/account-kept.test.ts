import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownAccountCalls } from '../../packages/server/src/reference/account-operations.ts'
import type { PartnerKeys } from '../stack.ts'
import { grant } from '../test-store.ts'
import { createTold } from './account-told.ts'
import { type AccountWorld, connectTo, type OwnBrowser, openAccountWorld } from './account-world.ts'
import { call, direct, until } from './api-client.ts'

/** What programs keep here for a user, as the account page shows it. */

let world: AccountWorld
let partner: PartnerKeys
let other: OwnBrowser
const { told, seen } = createTold()

beforeAll(async () => {
  world = await openAccountWorld({ BATCH_POLL_MS: '100' })
  partner = world.stack.createPartner({ name: 'Acme Notes' })
  other = await world.signIn('stranger@example.com')
}, 120_000)
afterAll(() => world.close())

async function upload(key: string, name: string, content: string): Promise<string> {
  const body = new FormData()
  body.append('purpose', 'user_data')
  body.append('file', new Blob([content], { type: 'text/plain' }), name)
  const answer = await fetch(`${direct(world.stack)}/v1/files`, {
    method: 'POST',
    headers: { 'x-user-key': key },
    body,
  })
  expect(answer.status).toBe(200)
  return String(Object(await answer.json()).id)
}

describe('the account page', () => {
  it('shows the files of all apps, with their names, and deletes one for the app too', async () => {
    const own = await world.signIn('files@example.com')
    await grant(world.db, own.userId, 500_000_000, Date.now())
    const { secret } = await connectTo(world, own, partner)
    const { body: personal } = await own.call('POST', '/v1/account/keys', { name: 'laptop' })
    const first = await upload(secret, 'a.txt', 'ten bytes.')
    const second = await upload(String(personal.key), 'b ü.txt', 'eleven more')
    const listed = (await told(own, 'GET', '/v1/account/files')).body
    expect(listed).toMatchObject({ has_more: false, next: null, stored_bytes: 21 })
    expect(listed.data).toMatchObject([
      { id: second, filename: 'b ü.txt', size_bytes: 11, expires_at: null, app: { name: 'OpenCredits' } },
      { id: first, filename: 'a.txt', mime_type: 'text/plain', app: { id: partner.id, name: 'Acme Notes' } },
    ])
    const content = [{ type: 'file', file: { file_id: first } }]
    const body = { model: 'gpt-4o', max_tokens: 5, messages: [{ role: 'user', content }] }
    for (const key of [secret, secret, String(personal.key)])
      await call(world.stack, 'POST', '/v1/chat/completions', { key, body })
    const uses = async () => (await told(own, 'GET', '/v1/account/files')).body.data as { uses: number }[]
    await until(async () => (await uses())[1]?.uses === 2)
    // Somebody else's key has used nothing.
    expect(await uses()).toMatchObject([
      { uses: 0, last_used_at: null },
      { uses: 2, last_used_at: expect.any(Number) },
    ])
    const { body: page } = await own.call('GET', '/v1/account/files?limit=1')
    expect((await own.call('GET', `/v1/account/files?after=${page.next}`)).body.data).toMatchObject([{ id: first }])
    expect((await other.call('GET', '/v1/account/files')).body.data).toEqual([])
    expect((await other.call('DELETE', `/v1/account/files/${first}`)).status).toBe(404)
    await told(own, 'DELETE', `/v1/account/files/${first}`, undefined, '/v1/account/files/{id}')
    expect((await call(world.stack, 'GET', `/v1/files/${first}`, { key: secret })).status).toBe(404)
    expect((await told(own, 'GET', '/v1/account/files')).body).toMatchObject({
      data: [{ id: second }],
      stored_bytes: 11,
    })
    expect((await own.call('DELETE', `/v1/account/files/${first}`)).status).toBe(404)
  })

  it('shows the batches of all apps, what they hold and cost, and ends one early', async () => {
    const own = await world.signIn('batches@example.com')
    await grant(world.db, own.userId, 500_000_000, Date.now())
    const { secret } = await connectTo(world, own, partner)
    await world.stack.sandbox.providers.control.planBatches({ endsAfterMs: null }, 1)
    const params = {
      model: 'claude-sonnet-4-20250514',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'Hi' }],
    }
    const requests = ['a', 'b', 'c'].map((customId) => ({ custom_id: customId, params }))
    const headers = { 'anthropic-version': '2023-06-01' }
    const made = await call(world.stack, 'POST', '/v1/messages/batches', { key: secret, headers, body: { requests } })
    const first = async () =>
      ((await told(own, 'GET', '/v1/account/batches')).body.data as readonly Record<string, unknown>[])[0]
    const running = await first()
    expect(running).toMatchObject({ id: made.body.id, status: 'running', requests: 3, charge: 0, ended_at: null })
    expect(running).toMatchObject({ app: { name: 'Acme Notes' }, held: expect.any(Number) })
    const { held } = (await own.call('GET', '/v1/account/overview')).body
    expect([running?.held, Number(held) > 0]).toEqual([held, true])
    const path = `/v1/account/batches/${made.body.id}/cancel`
    expect((await other.call('GET', '/v1/account/batches')).body.data).toEqual([])
    expect((await other.call('POST', path)).status).toBe(404)
    // As if it were looked after seldom by now: the wish is told at once all the same.
    await world.db
      .updateTable('batches')
      .set({ next_poll_at_ms: Date.now() + 3_600_000 })
      .execute()
    const canceled = await told(own, 'POST', path, {}, '/v1/account/batches/{id}/cancel')
    expect(canceled.body).toMatchObject({ status: 'canceling' })
    await until(async () => (await first())?.status === 'ended')
    // The provider was at the second one by then.
    expect(await first()).toMatchObject({ succeeded: 1, canceled: 2, held: 0 })
    const { balance } = (await own.call('GET', '/v1/account/overview')).body
    expect(Number((await first())?.charge)).toBeCloseTo(500 - Number(balance), 6)
    expect((await own.call('POST', path, {})).status).toBe(409)
  })
})

it('tries every operation of files and batches', () => {
  const all = ownAccountCalls.map(({ method, path }) => `${method} ${path}`)
  expect(all.filter((one) => /\/(files|batches)\b/.test(one) && !seen.has(one))).toEqual([])
})
