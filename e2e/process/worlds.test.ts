import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readBalances } from '../../packages/server/src/ledger/balance.ts'
import { operatorAccountsOf, partnerAccount } from '../../packages/server/src/ledger/chart-of-accounts.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { type ApiAnswer, balanceOf, call, until, verifyLedger } from './api-client.ts'
import { openPeopleStore, type PeopleStore } from './people-store.ts'
import { startProcessStack } from './process-stack.ts'
import { fromFrame, signInTo } from './sign-in.ts'

/** One person in both worlds of an app: two users with one e-mail, who never meet. */
const email = 'ada@example.com'
const worlds = ['live', 'test'] as const
type World = (typeof worlds)[number]

let stack: Stack
let app: PartnerKeys
let store: PeopleStore
const userKeys: Record<World, string> = { live: '', test: '' }

const pageKey = (world: World) => (world === 'live' ? app.publishable_key : app.test_publishable_key)
const serverKey = (world: World) => (world === 'live' ? app.secret_key : app.test_secret_key)
const otherOf = (world: World): World => (world === 'live' ? 'test' : 'live')
const balance = async (world: World) => (await balanceOf(stack, userKeys[world])).balance
const asServer = (world: World, method: string, path: string, body?: object) =>
  call(stack, method, `/v1/partner/${path}`, {
    headers: { authorization: `Bearer ${serverKey(world)}` },
    ...(body === undefined ? {} : { body }),
  })

beforeAll(async () => {
  stack = await startProcessStack({ OPERATOR_EMAILS: email })
  app = stack.createPartner({ origins: ['https://app.example'] })
  store = openPeopleStore(stack)
  for (const world of worlds) await addSilentEndpoint(world)
  userKeys.live = (await signInTo(stack, app, email)).userKey
  userKeys.test = await signInToTestWorld()
}, 60_000)

afterAll(async () => {
  await store.close()
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  await stack.close()
})

/** Events are written for apps with an endpoint; this one is disabled, so that nothing is sent. */
async function addSilentEndpoint(world: World): Promise<void> {
  const { rowId } = await appRow(world)
  await store.db
    .insertInto('webhook_endpoints')
    .values({
      ...{ id: `whe_${world}`, partner_id: rowId, url: 'https://a.example/', description: null, events: null },
      ...{ secret_ciphertext: '', previous_secret_ciphertext: null, previous_until_ms: null, created_at_ms: 0 },
      ...{ state: 'disabled', disabled_reason: 'by_hand', failing_since_ms: null },
    })
    .execute()
}

/** Nobody is mailed there: the code is known. */
async function signInToTestWorld(): Promise<string> {
  const headers = { ...fromFrame(stack), 'x-opencredits-livemode': 'false' }
  const ask = async (path: string, body: object): Promise<ApiAnswer['body']> =>
    (await call(stack, 'POST', path, { headers, body })).body
  const { login_id } = await ask('/v1/login/codes', { publishable_key: app.test_publishable_key, email })
  const { consent_id } = await ask('/v1/login/verify', { login_id, code: '42424242' })
  return String((await ask('/v1/login/consent', { consent_id, budget: null, window: 'total' })).user_key)
}

async function buy(world: World, amount: number): Promise<string> {
  const body = { publishable_key: pageKey(world), amount }
  const { status, body: session } = await call(stack, 'POST', '/v1/checkout/sessions', { key: userKeys[world], body })
  expect(status).toBe(200)
  const id = String(session.session_id)
  if (world === 'live') await stack.sandbox.stripe.control.pay(id)
  else expect((await asServer('test', 'POST', `test_helpers/purchases/${id}/pay`, {})).status).toBe(200)
  return id
}

const say = (world: World, headers: Record<string, string> = {}) =>
  call(stack, 'POST', '/v1/messages', {
    ...(Object.keys(headers).length === 0 ? { key: userKeys[world] } : { headers }),
    body: { model: 'claude-sonnet-4', max_tokens: 200, messages: [{ role: 'user', content: 'Hi' }] },
  })

describe('the same e-mail in both worlds of an app', () => {
  it('has a wallet in each: what is bought, spent and refunded in one changes nothing in the other', async () => {
    expect([userKeys.live, userKeys.test].map((key) => key.slice(0, 11))).toEqual([
      expect.stringMatching(/^oc_sk_(?!test_)/),
      'oc_sk_test_',
    ])
    await buy('live', 10)
    await until(async () => (await balance('live')) === 1000)
    expect(await balance('test')).toBe(0)
    const purchase = await buy('test', 5)
    await until(async () => (await balance('test')) === 500)
    expect(await balance('live')).toBe(1000)
    for (const world of worlds) {
      const before = { own: await balance(world), other: await balance(otherOf(world)) }
      expect((await say(world)).status).toBe(200)
      await until(async () => (await balance(world)) < before.own)
      expect(await balance(otherOf(world))).toBe(before.other)
    }
    const live = await balance('live')
    const refund = await asServer('test', 'POST', `test_helpers/purchases/${purchase}/refund`, { amount_minor: 100 })
    expect(refund.status).toBe(200)
    const { rows } = await movesOf('test:operator:purchases')
    expect(rows).toEqual([500e6, -100e6])
    expect(await balance('live')).toBe(live)
    expect(await balance('test')).toBeLessThan(400)
  })

  it('earns the app in each world what its own calls shared, and a test key reads the test world alone', async () => {
    const balances = await readBalances(store.db)
    for (const world of worlds) {
      const livemode = world === 'live'
      const { rowId } = await appRow(world)
      const owed = Number(balances.get(partnerAccount(rowId)) ?? 0n) / 1e6
      const earnings = await asServer(world, 'GET', 'earnings')
      expect(earnings.body).toMatchObject({ app: app.id, livemode, total: { calls: 1 }, earned: { owed } })
      expect(owed).toBeGreaterThan(0)
      const requests = await asServer(world, 'GET', 'requests')
      expect(requests.body).toMatchObject({ app: app.id, livemode, data: [{ referral_share: owed }] })
      const users = await asServer(world, 'GET', 'users')
      expect(users.body).toMatchObject({ app: app.id, livemode, data: [{ calls: 1, bought: livemode ? 1000 : 400 }] })
      const events = await asServer(world, 'GET', 'webhook_events?type=purchase.completed')
      expect(events.body).toMatchObject({ data: [{ data: { livemode, credits: livemode ? '1000' : '500' } }] })
      // What came in is what is in the wallet and on the other accounts of this world.
      const ofOperator = operatorAccountsOf(livemode).map((account) => Number(balances.get(account) ?? 0n))
      const wallet = Math.round((await balance(world)) * 1e6)
      expect(ofOperator.reduce((sum, one) => sum + one, Math.round(owed * 1e6) + wallet)).toBe(0)
    }
  })
})

it('a test call is in no figure of the operator’s but the one of test calls', async () => {
  const text = String((await call(stack, 'GET', '/metrics')).body.text)
  const lines = text.split('\n').filter((line) => /^opencredits_(test_)?calls_total\{.*messages/.test(line))
  expect(lines).toEqual([
    expect.stringMatching(/^opencredits_calls_total\{.*ending="completed".*\} 1$/),
    expect.stringMatching(/^opencredits_test_calls_total\{.*ending="completed".*\} 1$/),
  ])
  const liveCost = Number((await readBalances(store.db)).get('operator:provider_cost'))
  expect(text).toContain(`part="provider_cost"} ${liveCost}`)
  expect(text).toContain(`opencredits_account_balance_microcredits{account="operator:provider_cost"} ${liveCost}`)
  expect(text).not.toContain('test:operator')
})

describe('a key of one world where the other is asked', () => {
  const byField = (world: World): Readonly<Record<string, () => Promise<ApiAnswer>>> => {
    const key = userKeys[world]
    const publishable_key = pageKey(otherOf(world))
    const query = `publishable_key=${publishable_key}`
    return {
      checkout: () => call(stack, 'POST', '/v1/checkout/sessions', { key, body: { publishable_key, amount: 10 } }),
      login: () => call(stack, 'POST', '/v1/login/codes', { key, body: { publishable_key, email } }),
      preflight: () => call(stack, 'GET', `/v1/checkout/preflight?${query}&origin=https://app.example`, { key }),
      pricing: () => call(stack, 'GET', `/v1/credits/pricing?${query}`, { key }),
      'pricing by POST': () => call(stack, 'POST', '/v1/credits/pricing', { key, body: { publishable_key } }),
    }
  }

  for (const world of worlds)
    for (const door of ['checkout', 'login', 'preflight', 'pricing', 'pricing by POST'])
      it(`is refused by its field: a ${world} user key at ${door}`, async () => {
        const answer = await byField(world)[door]?.()
        expect(answer).toMatchObject({ status: 400, body: { error: { param: 'publishable_key' } } })
        expect(JSON.stringify(answer?.body)).toContain(`the user key is of the ${world} world`)
      })

  it('merges no guest: a sign-in that a guest of the other world would come along with is refused', async () => {
    const bought = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: app.publishable_key, amount: 10 },
    })
    const asked = await call(stack, 'POST', '/v1/login/codes', {
      body: { publishable_key: app.test_publishable_key, email: 'guest@example.com' },
    })
    const body = { login_id: asked.body.login_id, code: '42424242' }
    const verified = await call(stack, 'POST', '/v1/login/verify', { key: String(bought.body.user_key), body })
    expect(verified).toMatchObject({ status: 400, body: { error: { param: 'login_id' } } })
    expect((await call(stack, 'POST', '/v1/login/verify', { body })).status).toBe(200)
  })

  it('opens no account: the known code is for apps, and a test session reads nothing of the person’s own', async () => {
    const headers = fromFrame(stack)
    const asked = await call(stack, 'POST', '/v1/login/codes', {
      headers,
      body: { publishable_key: app.test_publishable_key, email },
    })
    const body = { login_id: asked.body.login_id, code: '42424242' }
    expect(await call(stack, 'POST', '/v1/session', { headers, body })).toMatchObject({
      status: 400,
      body: { error: { param: 'login_id' } },
    })
    const again = await call(stack, 'POST', '/v1/login/codes', {
      headers,
      body: { publishable_key: app.test_publishable_key, email },
    })
    const test = { ...headers, 'x-opencredits-livemode': 'false' }
    const verified = await call(stack, 'POST', '/v1/login/verify', {
      headers: test,
      body: { login_id: again.body.login_id, code: '42424242' },
    })
    const session = { 'x-opencredits-session': String(verified.body.session_token) }
    for (const said of [test, headers])
      for (const path of ['keys', 'purchases', 'requests', 'claims', 'export', 'log'])
        expect([
          path,
          (await call(stack, 'GET', `/v1/account/${path}`, { headers: { ...said, ...session } })).status,
        ]).toEqual([path, 401])
    const who = await call(stack, 'GET', '/v1/session', { headers: { ...test, ...session } })
    expect(who.body).toMatchObject({ user: { email }, roles: ['user'] })
    const apps = await call(stack, 'GET', '/v1/partner/apps', { headers: { ...test, ...session } })
    expect(apps.status).toBe(401)
    const overview = await call(stack, 'GET', '/v1/account/overview', { headers: { ...test, ...session } })
    expect(overview.body).toMatchObject({ email, balance: await balance('test') })
  })

  it('passes through to no provider with a test key, whoever would pay', async () => {
    const seen = (await stack.sandbox.providers.control.calls()).length
    const answer = await say('test', {
      'x-opencredits-key': `Bearer ${userKeys.test}`,
      'x-api-key': stack.sandbox.providers.apiKey,
    })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toContain('test calls never reach a real provider')
    expect((await stack.sandbox.providers.control.calls()).length).toBe(seen)
  })

  // Each command is a process, and what they do does not depend on the engine.
  it.skipIf(inject('postgresUrl') !== undefined)('is made and refused by the command line, by --test', async () => {
    const made = stack.cli('partner', 'keys', 'create', app.id, '--scope', 'usage:read', '--test', '--json')
    expect(JSON.parse(made)).toMatchObject({ partner_id: app.id, livemode: false })
    expect(made).toContain('oc_rk_test_')
    const earned: unknown = JSON.parse(stack.cli('partner', 'earnings', app.id, '--json', '--test'))
    expect(earned).toMatchObject({
      id: app.id,
      livemode: false,
      calls: [{ transfers: [{ to: 'test:operator:provider_cost' }, {}] }],
    })
    const { id } = await store.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .where('livemode', '=', 0)
      .executeTakeFirstOrThrow()
    const toTestUser = ['credits', 'grant', '--credits', '1', '--user', id, '--json']
    expect(JSON.parse(stack.cli(...toTestUser))).toMatchObject({ livemode: false })
    expect(() => stack.cli(...toTestUser, '--partner', app.id)).toThrow('is a user of the test world')
  })
})

it('erases a person in both worlds, and mails went to the live one alone', async () => {
  const mailed = stack.mails()
  expect(mailed).toContain(email)
  expect(mailed).not.toMatch(/42424242|guest@example\.com/)
  stack.cli('users', 'erase', '--email', email, '--reason', 'asked', '--forfeit')
  const left = await store.db.selectFrom('users').select('id').where('email', '=', email).execute()
  expect(left).toEqual([])
  for (const world of worlds)
    await until(async () => (await call(stack, 'GET', '/v1/credits/balance', { key: userKeys[world] })).status === 401)
})

async function appRow(world: World): Promise<{ readonly rowId: string }> {
  const row = await store.db
    .selectFrom('partners')
    .select('id')
    .where('publishable_key', '=', pageKey(world))
    .executeTakeFirstOrThrow()
  return { rowId: row.id }
}

/** What an account of the operator gave (above zero) and got, in order. */
async function movesOf(account: string): Promise<{ readonly rows: readonly number[] }> {
  const rows = await store.db
    .selectFrom('transfers')
    .select(['debit_account', 'amount_microcredits'])
    .where((of) => of.or([of('debit_account', '=', account), of('credit_account', '=', account)]))
    .orderBy('seq')
    .execute()
  return { rows: rows.map((row) => (row.debit_account === account ? 1 : -1) * row.amount_microcredits) }
}
