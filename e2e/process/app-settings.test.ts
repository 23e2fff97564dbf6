import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys } from '../stack.ts'
import { type AccountWorld, type OwnBrowser, openAccountWorld } from './account-world.ts'
import { call, direct } from './api-client.ts'

const ownKey = { name: 'A', scopes: ['app:write', 'webhooks:write'] }
/** A pixel. */
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let world: AccountWorld
let owner: OwnBrowser
let app: PartnerKeys & { readonly test_publishable_key: string; readonly test_secret_key: string }

const settings = (livemode = true) => `/v1/partner/app?app=${app.id}&livemode=${livemode}`
const keys = (rest = '', livemode = true) => `/v1/partner/keys${rest}?app=${app.id}&livemode=${livemode}`
const asServer = (method: string, path: string, key: string, body?: unknown) =>
  call(world.stack, method, path, {
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { body }),
  })
const acts = (action: string) =>
  world.db.selectFrom('audit_log').selectAll().where('action', '=', action).orderBy('at_ms').execute()
const addMember = async (email: string, role: 'developer' | 'viewer') => {
  const browser = await world.signIn(email)
  const joined = { partner_id: app.id, user_id: browser.userId, role, created_at_ms: 0, updated_at_ms: 0 }
  await world.db
    .insertInto('partner_members')
    .values({ ...joined, id: `mem_${email}` })
    .execute()
  return browser
}

/** Asks with a body whose last part comes only after something else has happened. */
async function slowly(
  [method, path]: readonly [string, string],
  { headers, body, meanwhile }: { headers: Record<string, string>; body: object; meanwhile: () => Promise<unknown> },
) {
  const bytes = Buffer.from(JSON.stringify(body))
  let finish = () => {}
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 5))
      finish = () => {
        controller.enqueue(bytes.subarray(5))
        controller.close()
      }
    },
  })
  const sent = {
    method,
    body: stream,
    duplex: 'half',
    headers: { 'content-type': 'application/json', ...headers },
  } as const
  const answer = fetch(direct(world.stack) + path, sent)
  await setTimeout(500)
  await meanwhile()
  finish()
  return (await answer).status
}

const removeMember = ({ userId }: OwnBrowser) =>
  world.db.deleteFrom('partner_members').where('user_id', '=', userId).execute()

beforeAll(async () => {
  world = await openAccountWorld()
  const flags = ['--name', 'Poetry', '--email', 'owner@example.com', '--referral-rate', '0.2', '--json']
  app = JSON.parse(world.stack.cli('partner', 'create', ...flags))
  owner = await world.signIn('owner@example.com')
  await owner.call('GET', '/v1/partner/apps')
})

afterAll(() => world.close())

describe('settings', () => {
  it('are changed in both worlds by a member or a live key, hold within two seconds, and are in the log', async () => {
    const read = await owner.call('GET', settings())
    expect(read.body).toMatchObject({ name: 'Poetry', livemode: true, origins: [], models: null, accent_color: null })
    const change = {
      ...{ origins: ['https://App.example/', 'http://localhost:5173'], models: ['openai/gpt-4o'] },
      ...{ default_model: 'openai/gpt-4o', accent_color: '#3366FF', support_email: 'canary@poetry.example' },
      ...{ statement_suffix: 'POETRY', suggested_limit: { budget: 250, window: 'week' }, allow_localhost: true },
    }
    const changed = await owner.call('PATCH', settings(), { ...change, version: read.body.version })
    expect(changed.status).toBe(200)
    const origins = ['http://localhost:5173', 'https://app.example']
    expect(changed.body).toMatchObject({ ...change, origins, accent_color: '#3366ff' })
    const inTest = await owner.call('GET', settings(false))
    expect(inTest.body).toMatchObject({
      livemode: false,
      id: app.id,
      name: 'Poetry',
      origins,
      models: ['openai/gpt-4o'],
    })
    expect(inTest.body.publishable_key).toBe(app.test_publishable_key)

    const byKey = await asServer('PATCH', '/v1/partner/app', app.secret_key, { name: 'Poetry 2' })
    expect(byKey.body).toMatchObject({ name: 'Poetry 2', accent_color: '#3366ff' })
    await expect
      .poll(async () => (await fetch(`${direct(world.stack)}/checkout?preview=1&pk=${app.publishable_key}`)).text(), {
        timeout: 2000,
      })
      .toContain('"appName":"Poetry 2","logoUrl":null,"accentColor":"#3366ff"')
    const [first, second] = await acts('partner.settings_changed')
    expect(first).toMatchObject({ actor_kind: 'user', actor_id: owner.userId, partner_id: app.id })
    expect(second).toMatchObject({ actor_kind: 'partner', before: '{"name":"Poetry"}', after: '{"name":"Poetry 2"}' })
    expect(JSON.stringify([first, second])).not.toContain('canary')
  })

  it('that were changed since they were read are not overwritten: 409 says by whom', async () => {
    const { version } = (await owner.call('GET', settings())).body
    const two = await Promise.all(['A', 'B'].map((name) => owner.call('PATCH', settings(), { name, version })))
    expect(two.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const late = two.find(({ status }) => status === 409)
    expect(JSON.stringify(late?.body)).toContain('changed by owner@example.com')
    // A key learns no address, and nobody that of a member who has left.
    const byKey = await asServer('PATCH', '/v1/partner/app', app.secret_key, { name: 'C', version })
    expect([byKey.status, JSON.stringify(byKey.body)]).toEqual([409, expect.stringContaining('by a member of the app')])
    const leaver = await addMember('leaver@example.com', 'developer')
    expect((await leaver.call('PATCH', settings(), { name: 'D' })).status).toBe(200)
    await removeMember(leaver)
    const after = await owner.call('PATCH', settings(), { name: 'E', version })
    expect([after.status, JSON.stringify(after.body)]).toEqual([409, expect.stringContaining('by a former member')])
  })

  it.each([
    [
      { origins: ['app.example', 'http://a.example'] },
      'origins',
      /"app\.example" has no scheme.*"http:\/\/a\.example" is plain http/,
    ],
    [{ origins: Array.from({ length: 21 }, (_, n) => `https://a${n}.example`) }, 'origins', /at most 20/],
    [{ models: ['openai/gpt-4o', 'nope/none', 'nope/other'] }, 'models', /unknown here: nope\/none, nope\/other/],
    [{ models: [] }, 'models', /null for all/],
    [{ default_model: 'openai/gpt-5' }, 'default_model', /not among the models/],
    [{ statement_suffix: 'POETRY-DESK' }, 'statement_suffix', /at most 10/],
    [{ statement_suffix: '12345' }, 'statement_suffix', /letter/],
    [{ accent_color: 'red' }, 'accent_color', /#3366ff/],
    [{ website: 'http://a.example' }, 'website', /https/],
    [{ website: 'https://bank.example@a.example' }, 'website', /no user name/],
    [{ name: 'two\nlines' }, 'name', /one line/],
    [{ name: 'Turned \u202e around' }, 'name', /one line/],
    [{ logo_url: 'data:image/png;base64,x' }, 'logo_url', /https/],
    [{ referral_rate: 1 }, 'referral_rate', /not a field/],
  ])('%j is refused, and the field named', async (change, param, message) => {
    const refused = await owner.call('PATCH', settings(), change)
    expect([refused.status, refused.body.error]).toMatchObject([400, { param: expect.stringContaining(param) }])
    expect(JSON.stringify(refused.body).replaceAll('\\"', '"')).toMatch(message)
  })

  it('are not a viewer’s to change, nor a test key’s, nor another app’s', async () => {
    const viewer = await addMember('viewer@example.com', 'viewer')
    expect((await viewer.call('GET', settings())).status).toBe(200)
    const other = world.stack.createPartner()
    const refused = await Promise.all([
      viewer.call('PATCH', settings(), { name: 'X' }),
      viewer.call('GET', keys()),
      asServer('PATCH', '/v1/partner/app', app.test_secret_key, { name: 'X' }),
      asServer('PATCH', `/v1/partner/app?app=${app.id}`, other.secret_key, { name: 'X' }),
      owner.call('PATCH', `/v1/partner/app?app=${other.id}`, { name: 'X' }),
      owner.call('PATCH', settings(), { name: 'X' }, { 'sec-fetch-site': 'cross-site' }),
    ])
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 400, 404, 403])
  })
})

describe('a logo', () => {
  it('is made anew, served for ever under its hash, replaced, and forgotten after a month', async () => {
    const put = await owner.call('PUT', `/v1/partner/app/logo?app=${app.id}`, { image })
    const address = String(put.body.logo_url)
    expect(address).toMatch(/\/logos\/[0-9a-f]{64}\.webp$/)
    const served = await fetch(`${direct(world.stack)}${new URL(address).pathname}`)
    expect(served.headers.get('content-type')).toBe('image/webp')
    expect(served.headers.get('x-content-type-options')).toBe('nosniff')
    const noPicture = { image: randomBytes(100).toString('base64') }
    expect((await owner.call('PUT', `/v1/partner/app/logo?app=${app.id}`, noPicture)).status).toBe(400)
    const large = { image: Buffer.alloc(2_000_000).toString('base64') }
    expect([400, 413]).toContain((await owner.call('PUT', `/v1/partner/app/logo?app=${app.id}`, large)).status)
    const row = { partner_id: app.id, bytes: Buffer.from('old'), created_at_ms: 0, replaced_at_ms: Date.now() }
    const many = Array.from({ length: 30 }, (_, index) => ({ ...row, hash: `old${index}` }))
    await world.db.insertInto('partner_logos').values(many).execute()
    await owner.call('PUT', `/v1/partner/app/logo?app=${app.id}`, { image })
    const left = await world.db.selectFrom('partner_logos').select('hash').where('partner_id', '=', app.id).execute()
    expect(left.length).toBeLessThanOrEqual(21)
    await world.db
      .updateTable('partner_logos')
      .set({ replaced_at_ms: Date.now() - 31 * 86_400_000 })
      .execute()
    expect((await owner.call('DELETE', `/v1/partner/app/logo?app=${app.id}`)).body.logo_url).toBeNull()
    expect((await fetch(`${direct(world.stack)}${new URL(address).pathname}`)).status).toBe(404)
  })
})

describe('keys', () => {
  it('are made, changed, rolled with grace and revoked by a member, each in its own world', async () => {
    const asked = { name: 'Report', scopes: ['usage:read'], expires_at: Math.floor(Date.now() / 1000) + 3600 }
    const made = await owner.call('POST', keys('', false), asked)
    expect(made.status).toBe(201)
    const { id, secret } = made.body
    expect(secret).toMatch(/^oc_rk_test_\w{49}$/)
    expect((await asServer('GET', '/v1/partner/app', String(secret))).body).toMatchObject({ livemode: false })
    expect((await asServer('PATCH', '/v1/partner/app', String(secret), { name: 'X' })).status).toBe(403)
    const inLive = await owner.call('GET', keys())
    expect(JSON.stringify(inLive.body)).not.toContain(String(id))

    const patched = await owner.call('PATCH', keys(`/${id}`, false), { scopes: ['webhooks:write', 'usage:read'] })
    expect(patched.body).toMatchObject({ name: 'Report', scopes: ['usage:read', 'webhooks:write'] })
    const rolled = await owner.call('POST', keys(`/${id}/roll`, false), { grace_seconds: 60 })
    for (const one of [secret, rolled.body.secret])
      expect((await asServer('GET', '/v1/partner/app', String(one))).status).toBe(200)
    expect((await owner.call('DELETE', keys(`/${id}`, false))).body).toMatchObject({ status: 'revoked' })
    for (const one of [secret, rolled.body.secret])
      expect((await asServer('GET', '/v1/partner/app', String(one))).status).toBe(401)
    expect((await owner.call('PATCH', keys(`/${id}`, false), { name: 'B' })).status).toBe(409)
    expect((await owner.call('DELETE', keys(`/${id}`, true))).status).toBe(404)
  })

  it('ask for a sign-in that is not old, and never have a scope that the role lacks', async () => {
    const developer = await addMember('developer@example.com', 'developer')
    const payouts = await developer.call('POST', keys(), { name: 'A', scopes: ['payouts:read'] })
    expect([payouts.status, JSON.stringify(payouts.body)]).toEqual([403, expect.stringContaining('payouts:read')])
    const above = await owner.call('POST', keys(), { name: 'P', scopes: ['payouts:read'] })
    expect((await developer.call('PATCH', keys(`/${above.body.id}`), { expires_at: null })).status).toBe(403)
    const made = await developer.call('POST', keys(), { name: 'A', scopes: ['app:write'] })
    await world.db
      .updateTable('sessions')
      .set({ verified_at_ms: 0, created_at_ms: 0 })
      .where('user_id', '=', developer.userId)
      .execute()
    const old = await Promise.all([
      developer.call('POST', keys(), { name: 'B', scopes: ['app:write'] }),
      developer.call('POST', keys(`/${made.body.id}/roll`), {}),
      developer.call('PATCH', keys(`/${made.body.id}`), { scopes: ['app:write', 'usage:read'] }),
    ])
    for (const { status, body } of old)
      expect([status, JSON.stringify(body)]).toEqual([403, expect.stringContaining('recent_sign_in_required')])
    expect((await developer.call('PATCH', keys(`/${made.body.id}`), { name: 'C' })).status).toBe(200)
    expect((await developer.call('DELETE', keys(`/${made.body.id}`))).status).toBe(200)
  })

  it('and settings are out of reach for members who were removed, and keys that were revoked, while their body came', async () => {
    const [made, former] = [
      await owner.call('POST', keys(), ownKey),
      await addMember('former@example.com', 'developer'),
    ]
    const asMember = { 'sec-fetch-site': 'same-origin', cookie: former.cookie }
    const asKey = { authorization: `Bearer ${made.body.secret}` }
    const leave = () => removeMember(former)
    const revoke = () => owner.call('DELETE', keys(`/${made.body.id}`))
    const endpoint = { url: 'https://93.184.215.14/' }
    const answers = await Promise.all([
      slowly(['POST', keys()], { headers: asMember, body: ownKey, meanwhile: leave }),
      slowly(['PUT', `/v1/partner/app/logo?app=${app.id}`], { headers: asMember, body: { image }, meanwhile: leave }),
      slowly(['PATCH', '/v1/partner/app'], { headers: asKey, body: { name: 'Mine' }, meanwhile: revoke }),
      slowly(['POST', '/v1/partner/webhook_endpoints'], { headers: asKey, body: endpoint, meanwhile: revoke }),
    ])
    expect(answers).toEqual([404, 404, 401, 401])
  })

  it('for pages are rolled with grace: both open the checkout until it is over, and the other world’s stays', async () => {
    const preview = async (key: string) => (await fetch(`${direct(world.stack)}/checkout?preview=1&pk=${key}`)).status
    const path = `/v1/partner/publishable_key/roll?app=${app.id}`
    const rolled = await owner.call('POST', path, { grace_seconds: 60 })
    const previous = { last_four: app.publishable_key.slice(-4), until: expect.any(Number) }
    expect(rolled.body).toMatchObject({ previous_publishable_key: previous })
    const next = String(rolled.body.publishable_key)
    expect([await preview(app.publishable_key), await preview(next)]).toEqual([200, 200])
    await owner.call('POST', path, {})
    await expect
      .poll(async () => [await preview(app.publishable_key), await preview(next)], { timeout: 3000 })
      .toEqual([400, 400])
    expect(await preview(app.test_publishable_key)).toBe(200)
  })
})
