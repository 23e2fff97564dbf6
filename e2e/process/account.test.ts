import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownAccountCalls } from '../../packages/server/src/reference/account-operations.ts'
import { operations } from '../../packages/server/src/reference/operations.ts'
import type { PartnerKeys } from '../stack.ts'
import { grant } from '../test-store.ts'
import { createTold } from './account-told.ts'
import { type AccountWorld, askModel, connectTo, type OwnBrowser, openAccountWorld } from './account-world.ts'
import { type ApiAnswer, call, direct, until } from './api-client.ts'

/** What a signed-in user does on the account page, over HTTP, and what others cannot do there. */

let world: AccountWorld
let partner: PartnerKeys
let browser: OwnBrowser
let other: OwnBrowser

beforeAll(async () => {
  world = await openAccountWorld()
  partner = world.stack.createPartner({ name: 'Acme Notes' })
  browser = await world.signIn('owner@example.com')
  other = await world.signIn('stranger@example.com')
}, 120_000)
afterAll(() => world.close())

const { told, seen } = createTold()

const connectApp = (by: OwnBrowser) => connectTo(world, by, partner)
const ask = (key: string) => askModel(world, key)
/** Every server sees a change of a key within two seconds. */
const endsSoon = (key: string) => until(async () => (await ask(key)).status === 401, 3_000)

const logOf = async (by: OwnBrowser) =>
  ((await told(by, 'GET', '/v1/account/log')).body.data as readonly { summary: string }[]).map(({ summary }) => summary)

describe('the account page', () => {
  it('shows the wallet, calls and their story, and buys more', async () => {
    await grant(world.db, browser.userId, 500_000_000, Date.now())
    const { secret } = await connectApp(browser)
    const called = await ask(secret)
    expect(called.status).toBe(200)
    const { body: overview } = await told(browser, 'GET', '/v1/account/overview')
    expect(overview).toMatchObject({ email: 'owner@example.com', alerts: [], held: 0 })
    expect(Number(overview.balance)).toBeLessThan(500)
    expect(Number(overview.balance) + Number(overview.spent_7d)).toBeCloseTo(500, 6)
    expect(Number(overview.runway_days)).toBeCloseTo(Number(overview.balance) / Number(overview.spent_7d), 0)
    const id = String(called.headers.get('request-id'))
    const { body: listed } = await told(browser, 'GET', '/v1/account/requests')
    expect(listed.data).toMatchObject([{ request_id: id, app: { name: 'Acme Notes' }, status: 'settled' }])
    const { body: story } = await told(
      browser,
      'GET',
      `/v1/account/requests/${id}`,
      undefined,
      '/v1/account/requests/{id}',
    )
    expect(story.charge).toBe(overview.spent_7d)
    await told(browser, 'GET', '/v1/account/usage?group_by=app')

    const { body: opened } = await told(browser, 'POST', '/v1/account/purchases', { amount: 10 })
    const path = `/v1/account/purchases/${opened.purchase_id}`
    const told1 = (await told(browser, 'GET', path, undefined, '/v1/account/purchases/{id}')).body
    expect(told1).toMatchObject({ status: 'open', credits: 1000, amount: 10, app: { name: 'OpenCredits' } })
    const row = await world.db
      .selectFrom('purchases')
      .selectAll()
      .where('id', '=', String(opened.purchase_id))
      .executeTakeFirstOrThrow()
    await world.stack.sandbox.stripe.control.pay(row.stripe_session_id ?? '')
    await until(async () => (await browser.call('GET', path)).body.status === 'complete')
    expect((await told(browser, 'GET', '/v1/account/purchases')).body.data).toMatchObject([{ status: 'complete' }])
    const after = (await told(browser, 'GET', '/v1/account/overview')).body
    expect(Number(after.balance)).toBeCloseTo(Number(overview.balance) + 1000, 6)
    // What such a purchase names in place of a key is no key of the user's.
    expect((await told(browser, 'GET', '/v1/account/keys')).body.data).toHaveLength(1)
    expect((await browser.call('POST', '/v1/account/purchases', { amount: 0 })).body).toMatchObject({
      error: { param: 'amount' },
    })
  })

  it('changes what an app may spend, and cuts it off: all of its keys end', async () => {
    const own = await world.signIn('apps@example.com')
    await grant(world.db, own.userId, 500_000_000, Date.now())
    const keys = [await connectApp(own), await connectApp(own)]
    expect((await told(own, 'GET', '/v1/account/apps')).body.data).toMatchObject([
      { id: partner.id, name: 'Acme Notes', budget: 10, window: 'month', spent: 0, live_keys: 2 },
    ])
    const path = `/v1/account/apps/${partner.id}`
    const change = { budget: 2, window: 'day', models: ['openai/gpt-4o-mini'] }
    const changed = await told(own, 'PATCH', path, change, '/v1/account/apps/{id}')
    expect(changed.body).toMatchObject({ ...change, live_keys: 2 })
    await until(async () => (await ask(keys[0]?.secret ?? '')).status === 403, 3_000)
    const wrong = await own.call('PATCH', path, { budget: -1 })
    expect([wrong.status, wrong.body]).toEqual([400, { error: expect.objectContaining({ param: 'budget' }) }])
    expect((await own.call('PATCH', '/v1/account/apps/par_nobody', { budget: 1 })).status).toBe(404)
    const ended = await told(own, 'DELETE', path, undefined, '/v1/account/apps/{id}')
    expect(ended.body).toEqual({ id: partner.id, deleted: true, keys_revoked: 2 })
    for (const { secret } of keys) await endsSoon(secret)
    expect((await told(own, 'GET', '/v1/account/apps')).body.data).toEqual([])
    expect(await logOf(own)).toEqual([
      'Acme Notes was cut off: 2 keys of it ended',
      'Acme Notes may spend 2 credits a day (before: 10 credits a month)',
      expect.stringMatching(/Acme Notes/),
      'Acme Notes was connected: it may spend 10 credits a month',
      expect.stringMatching(/^Signed in/),
    ])
  })

  it('makes, changes, rolls and revokes personal keys, which earn nobody a share', async () => {
    const own = await world.signIn('keys@example.com')
    await grant(world.db, own.userId, 500_000_000, Date.now())
    const made = (await told(own, 'POST', '/v1/account/keys', { name: 'laptop', budget: 5, window: 'day' })).body
    expect(made).toMatchObject({ name: 'laptop', source: 'account', app: null, budget: 5, window: 'day', spent: 0 })
    const called = await ask(String(made.key))
    const story = await own.call('GET', `/v1/account/requests/${called.headers.get('request-id')}`)
    expect(story.body).toMatchObject({ referral_rate: 0, referral_share: 0, key: { name: 'laptop' } })
    const path = `/v1/account/keys/${made.id}`
    const patched = await told(own, 'PATCH', path, { rpm: 100 }, '/v1/account/keys/{id}')
    expect(patched.body).toMatchObject({ name: 'laptop', budget: 5, rpm: 100 })
    expect(Number(patched.body.spent)).toBeGreaterThan(0)
    const rolled = await told(own, 'POST', `${path}/roll`, { grace_seconds: 600 }, '/v1/account/keys/{id}/roll')
    expect(rolled.body.id).toBe(made.id)
    for (const key of [made.key, rolled.body.key]) expect((await ask(String(key))).status).toBe(200)
    const again = await told(own, 'POST', `${path}/roll`, { grace_seconds: 0 }, '/v1/account/keys/{id}/roll')
    for (const key of [made.key, rolled.body.key]) await endsSoon(String(key))
    expect((await own.call('POST', `${path}/roll`, { grace_seconds: 604_801 })).body).toMatchObject({
      error: { param: 'grace_seconds' },
    })
    await told(own, 'DELETE', path, undefined, '/v1/account/keys/{id}')
    await endsSoon(String(again.body.key))
    expect((await own.call('PATCH', path, { rpm: 1 })).status).toBe(409)
  })

  it('stops everything at once', async () => {
    const own = await world.signIn('stop@example.com')
    const app = await connectApp(own)
    const { body: made } = await own.call('POST', '/v1/account/keys', { name: 'one' })
    expect((await told(own, 'POST', '/v1/account/keys/revoke_all')).body).toEqual({ revoked: 2 })
    for (const key of [app.secret, String(made.key)]) await endsSoon(key)
    expect((await own.call('GET', '/v1/account/overview')).status).toBe(200)
    expect((await logOf(own))[0]).toBe('Everything was stopped: 2 keys ended')
  })

  it('keeps what the user wants to be told', async () => {
    const { body: before } = await told(other, 'GET', '/v1/account/notifications')
    const wanted = { ...before, low_balance: { enabled: true, threshold: 12.5 }, new_app: { enabled: false } }
    expect((await told(other, 'PUT', '/v1/account/notifications', wanted)).body).toEqual(wanted)
    expect((await told(other, 'GET', '/v1/account/notifications')).body).toEqual(wanted)
    const percent = { ...before, key_budget: { enabled: true, percent: 49 } }
    const refused = await other.call('PUT', '/v1/account/notifications', percent)
    expect([refused.status, refused.body]).toEqual([
      400,
      { error: expect.objectContaining({ param: 'key_budget.percent' }) },
    ])
  })
})

describe('somebody else', () => {
  it('finds the same 404 for another user’s objects as for none', async () => {
    const { keyId } = await connectApp(browser)
    const purchases = (await browser.call('GET', '/v1/account/purchases')).body.data as { purchase_id: string }[]
    const cases: readonly (readonly [string, string, string, string, unknown?])[] = [
      ['GET', '/v1/account/purchases/', String(purchases[0]?.purchase_id), ''],
      ['PATCH', '/v1/account/apps/', partner.id, '', { budget: 1 }],
      ['DELETE', '/v1/account/apps/', partner.id, ''],
      ['PATCH', '/v1/account/keys/', keyId, '', { rpm: 1 }],
      ['DELETE', '/v1/account/keys/', keyId, ''],
      ['POST', '/v1/account/keys/', keyId, '/roll', { grace_seconds: 0 }],
    ]
    for (const [method, before, id, after, body] of cases) {
      const foreign = await other.call(method, `${before}${id}${after}`, body)
      const nothing = await other.call(method, `${before}nothing${after}`, body)
      const anonymous = (answer: ApiAnswer) => [answer.status, { ...(answer.body.error as object), request_id: '' }]
      expect([method, before, ...anonymous(foreign)]).toEqual([method, before, ...anonymous(nothing)])
      expect(foreign.status).toBe(404)
    }
    expect((await ask((await connectApp(browser)).secret)).status).toBe(200)
  })

  const paths = operations.filter(({ path }) => /^\/v1\/(account|sessions?|claims)(\/|$)/.test(path))

  it('needs a session: no key opens any path', async () => {
    const { secret } = await connectApp(browser)
    for (const { method, path, auth } of paths.filter((one) => one.path.startsWith('/v1/account/'))) {
      const sent = method === 'get' ? {} : { body: {} }
      const headers = { origin: world.stack.url }
      const answer = await call(world.stack, method.toUpperCase(), path, { key: secret, headers, ...sent })
      expect([auth, method, path, answer.status]).toEqual(['session', method, path, 401])
    }
  })

  it('learns nothing by CORS, and gets no preflight', async () => {
    for (const path of new Set(paths.flatMap((one) => [one.path, one.path.toUpperCase().replace('/V1', '/v1')]))) {
      const origin = 'https://evil.example'
      const asked = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      }
      const preflight = await fetch(`${direct(world.stack)}${path}`, { method: 'OPTIONS', headers: asked })
      const answer = await fetch(`${direct(world.stack)}${path}`, { headers: { origin, cookie: browser.cookie } })
      for (const { headers } of [preflight, answer])
        expect([path, [...headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([path, []])
      expect([path, preflight.status]).toEqual([path, 404])
    }
    const open = await fetch(`${direct(world.stack)}/v1/credits/balance`, { method: 'OPTIONS' })
    expect(open.headers.get('access-control-allow-origin')).toBe('*')
  })

  it.each([
    [
      'a form of another site',
      { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
      403,
    ],
    ['a page of another subdomain', { 'sec-fetch-site': 'same-site' }, 403],
    ['a wrong Origin, in an old browser', { origin: 'https://evil.example' }, 403],
    ['an origin that begins like ours', { origin: 'OWN.evil.example' }, 403],
    ['no word of where it comes from', {}, 403],
    ['JSON as plain text', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }, 415],
    [
      'a form of our own',
      { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      415,
    ],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 201],
    ['our own page, in an old browser', { origin: 'OWN' }, 201],
  ])('changes nothing with %s', async (_label, headers, status) => {
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', world.stack.url)]),
    )
    const answer = await call(world.stack, 'POST', '/v1/account/keys', {
      body: { name: 'by somebody' },
      headers: { cookie: browser.cookie, ...own },
    })
    expect(answer.status).toBe(status)
  })
})

it('tries every operation that tells of an answer', () => {
  const all = ownAccountCalls
    .filter(({ answer }) => answer !== undefined)
    .map(({ method, path }) => `${method} ${path}`)
  // Those are tried in `account-kept.test.ts` and `account-erasure.test.ts`.
  const elsewhere = /\/(files|batches|export|delete)\b/
  expect(all.filter((one) => !seen.has(one) && !elsewhere.test(one))).toEqual([])
})
