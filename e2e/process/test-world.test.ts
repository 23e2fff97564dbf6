import { createHmac, randomUUID } from 'node:crypto'
import { type Sandbox, startSandbox } from '@opencredits/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, direct, until, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { fromFrame } from './sign-in.ts'
import { openTestPurchase, type TestPurchase } from './test-purchases.ts'

/** The test world with keys of Stripe's test mode, which another sandbox plays. */
let stack: Stack
let testStripe: Sandbox
let app: PartnerKeys

beforeAll(async () => {
  testStripe = await startSandbox({ accountName: 'testworld', delayedAfterMs: null })
  stack = await startProcessStack({
    STRIPE_TEST_SECRET_KEY: testStripe.stripe.secretKey,
    STRIPE_TEST_PUBLISHABLE_KEY: testStripe.stripe.publishableKey,
    STRIPE_TEST_WEBHOOK_SECRET: `whsec_retired_test,${testStripe.stripe.webhookSecret}`,
    STRIPE_TEST_API_BASE: testStripe.stripe.apiBase,
  })
  testStripe.stripe.setWebhookUrl(`${direct(stack)}/webhooks/stripe`)
  app = stack.createPartner()
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  expect(stack.mails()).not.toContain('test-user@')
  await stack.close()
  await testStripe.close()
})

const balance = async (purchase: TestPurchase) => (await balanceOf(stack, purchase.userKey)).balance
const statusOf = async ({ sessionId, userKey }: TestPurchase) =>
  (await call(stack, 'GET', `/v1/checkout/sessions/${sessionId}`, { key: userKey })).body.status
const clock = (method: string, body?: object, by = app.test_secret_key) =>
  call(stack, method, `/v1/partner/test_clock${body === undefined ? '' : '/advance'}`, {
    headers: { authorization: `Bearer ${by}` },
    ...(body === undefined ? {} : { body }),
  })

describe('Stripe’s test mode', () => {
  it('takes test purchases and no others; their webhooks, refunds and look-ups are of the test world', async () => {
    const [live, test] = [await buyCredits(stack, app, 10), await openTestPurchase(stack, app)]
    const sessionsAt = async ({ stripe }: Sandbox) => (await stripe.control.record()).sessions.map(({ id }) => id)
    expect(await sessionsAt(testStripe)).toEqual([test.sessionId])
    expect(await sessionsAt(stack.sandbox)).toEqual([live.sessionId])
    expect(test.clientSecret).toMatch(/^cs_test_.*_secret_/)

    const { control } = testStripe.stripe
    await control.pay(test.sessionId)
    await until(async () => (await balance(test)) === 1000)
    await control.refund(test.sessionId, 400)
    await until(async () => (await balance(test)) === 600)
    await control.dispute(test.sessionId, 100)
    await until(async () => (await balance(test)) === 500)
    // The operator is woken by disputes of real money only.
    expect(stack.output()).not.toContain('a Stripe event needs attention')
    const late = await openTestPurchase(stack, app)
    await control.dropWebhooks(true)
    await control.pay(late.sessionId)
    await control.dropWebhooks(false)
    await until(async () => (await statusOf(late)) === 'complete')
    expect((await balanceOf(stack, live.userKey)).balance).toBe(1000)
    const helped = await call(stack, 'POST', `/v1/partner/test_helpers/purchases/${late.sessionId}/refund`, {
      headers: { authorization: `Bearer ${app.test_secret_key}` },
      body: {},
    })
    expect(helped.body).toMatchObject({ error: { type: 'conflict', message: expect.stringMatching(/Stripe/) } })
  })

  /** An event about an object, signed with a secret as its owner's account would. */
  async function deliver(secret: string, event: { readonly livemode: boolean; readonly [name: string]: unknown }) {
    const shape = { id: `evt_${randomUUID()}`, object: 'event', created: 1, api_version: '2026-10-28.endive' }
    const body = JSON.stringify({ ...shape, ...event })
    const at = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
    const headers = { 'stripe-signature': `t=${at},v1=${signature}` }
    return (await call(stack, 'POST', '/webhooks/stripe', { body, headers })).status
  }

  it.each([
    ['a test purchase by the live world’s secret', 'test', 'whsec_sandbox', false],
    ['a live purchase by the test world’s secret', 'live', 'whsec_testworld', false],
    ['real money by the test world’s secret', 'test', 'whsec_testworld', true],
  ])('parks what pays %s, credits nothing, and lets the right one through', async (_what, world, secret, livemode) => {
    const buyer = await openTestPurchase(
      stack,
      world === 'test' ? app : { ...app, test_publishable_key: app.publishable_key },
    )
    const { stripe } = world === 'test' ? testStripe : stack.sandbox
    const session = (await stripe.control.record()).sessions.find(({ id }) => id === buyer.sessionId)
    const paid = {
      ...session,
      status: 'complete',
      payment_status: 'paid',
      payment_intent: `pi_${randomUUID()}`,
      livemode,
    }
    const event = { id: `evt_${randomUUID()}`, type: 'checkout.session.completed', data: { object: paid }, livemode }
    expect(await deliver(secret, event)).toBe(409)
    expect(await balance(buyer)).toBe(0)
    expect(stack.output()).toContain('a Stripe event needs attention')
    // The inbox knows its id, and takes it all the same from whose it is.
    const right = { ...event, livemode: false, data: { object: { ...paid, livemode: false } } }
    expect(await deliver(stripe.webhookSecret, right)).toBe(200)
    expect(await balance(buyer)).toBe(1000)

    const refund = { id: `re_${randomUUID()}`, amount: 1000, currency: 'usd', status: 'succeeded' }
    const refunded = { type: 'refund.created', data: { object: { ...refund, payment_intent: paid.payment_intent } } }
    expect(await deliver(secret, { ...refunded, livemode })).toBe(409)
    expect(await balance(buyer)).toBe(1000)
  })
})

describe('signing in', () => {
  const email = 'test-user@example.com'
  const ask = (publishableKey: string, to = email) =>
    call(stack, 'POST', '/v1/login/codes', { body: { publishable_key: publishableKey, email: to } })
  const verify = (loginId: unknown, code = '42424242') =>
    call(stack, 'POST', '/v1/login/verify', { headers: fromFrame(stack), body: { login_id: loginId, code } })
  const session = (headers: Record<string, string>, path = '/v1/session') =>
    call(stack, 'GET', path, { headers: { ...fromFrame(stack), ...headers } })

  it('takes the known code in the test world alone, and its session opens nothing else', async () => {
    const asked = await ask(app.test_publishable_key)
    expect(asked.body).toMatchObject({ livemode: false, login_id: expect.any(String) })
    const verified = await verify(asked.body.login_id)
    expect(verified.body).toMatchObject({ livemode: false, consent_required: true, email })
    const cookies = verified.headers.getSetCookie().map((cookie) => cookie.split('=')[0])
    expect(cookies).toEqual(['oc_test_session', 'oc_device'])
    const consented = await call(stack, 'POST', '/v1/login/consent', {
      headers: fromFrame(stack),
      body: { consent_id: verified.body.consent_id, budget: 500, window: 'month' },
    })
    expect(consented.body).toMatchObject({ livemode: false, user_key: expect.stringMatching(/^oc_sk_test_/) })

    const token = String(verified.body.session_token)
    const test = { 'x-opencredits-livemode': 'false' }
    expect((await session({ ...test, 'x-opencredits-session': token })).body).toMatchObject({ user: { email } })
    expect((await session({ ...test, cookie: `oc_test_session=${token}` })).status).toBe(200)
    const apps = (await session({ ...test, 'x-opencredits-session': token }, '/v1/account/apps')).body.data
    expect(apps).toMatchObject([{ id: app.id, budget: 500, support_email: null }])
    const changed = await call(stack, 'PATCH', `/v1/account/apps/${app.id}`, {
      headers: { ...fromFrame(stack), ...test, 'x-opencredits-session': token },
      body: { budget: 250 },
    })
    expect(changed).toMatchObject({ status: 200, body: { id: app.id, budget: 250 } })
    for (const [headers, path] of [
      [{ 'x-opencredits-session': token }],
      [{ cookie: `oc_session=${token}; oc_test_session=${token}` }],
      [{ ...test, cookie: `oc_session=${token}` }],
      [{ ...test, 'x-opencredits-session': token }, '/v1/account/keys'],
      [{ ...test, 'x-opencredits-session': token }, '/v1/account/claims'],
    ] as const)
      expect((await session(headers, path)).status).toBe(401)

    const out = await call(stack, 'POST', '/v1/logout', {
      key: String(consented.body.user_key),
      headers: { ...fromFrame(stack), ...test },
      body: {},
    })
    expect(out.headers.getSetCookie()[0]).toMatch(/^oc_test_session=; Max-Age=0/)
  })

  it('says nothing of who has an account, counts wrong codes, and locks no live mailbox with them', async () => {
    const [known, unknown] = [
      await ask(app.test_publishable_key),
      await ask(app.test_publishable_key, 'new@example.com'),
    ]
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body))
    for (let times = 0; times < 3; times += 1) {
      const { body } = await ask(app.test_publishable_key, 'locked@example.com')
      for (let tries = 0; tries < 5; tries += 1) await verify(body.login_id, '11111111')
    }
    const { body } = await ask(app.test_publishable_key, 'locked@example.com')
    expect((await verify(body.login_id)).status).toBe(429)
    // Nor the one of another app's tests.
    const elsewhere = await ask(stack.createPartner({ name: 'Elsewhere' }).test_publishable_key, 'locked@example.com')
    expect((await verify(elsewhere.body.login_id)).status).toBe(200)
    const live = await ask(app.publishable_key, 'locked@example.com')
    expect((await verify(live.body.login_id)).body).toMatchObject({ error: { type: 'invalid_request', param: 'code' } })
    expect((await verify(live.body.login_id, await stack.codeFor('locked@example.com'))).status).toBe(200)
  })
})

describe('the test clock', () => {
  it('goes forward only, at most two years in all, by keys of the test world that may write', async () => {
    expect((await clock('GET')).body).toMatchObject({ livemode: false, app: app.id, ahead_seconds: 0 })
    for (const seconds of [0, -60, 1.5, 'a day', 63_072_001])
      expect((await clock('POST', { seconds })).body).toMatchObject({ error: { param: 'seconds' } })
    await Promise.all([1, 2, 3, 4].map(() => clock('POST', { seconds: 15 })))
    expect((await clock('GET')).body).toMatchObject({ ahead_seconds: 60, seconds_left: 63_072_000 - 60 })
    const over = await clock('POST', { seconds: 63_072_000 })
    expect(over.body).toMatchObject({ error: { param: 'seconds', message: expect.stringMatching(/63071940 seconds/) } })
    expect((await clock('POST', { seconds: 60 }, app.secret_key)).status).toBe(409)
  })

  it('ends checkouts, codes and keys of its app’s test world, and of nothing else', async () => {
    const live = await buyCredits(stack, app, 10)
    const otherApp = stack.createPartner({ name: 'Other' })
    const [own, other] = [await openTestPurchase(stack, app), await openTestPurchase(stack, otherApp)]
    const paid = await openTestPurchase(stack, app)
    await testStripe.stripe.control.pay(paid.sessionId)
    await until(async () => (await balance(paid)) === 1000)
    const body = { publishable_key: app.test_publishable_key, email: 'clock@example.com' }
    const asked = await call(stack, 'POST', '/v1/login/codes', { body })

    await clock('POST', { seconds: 3_601 })
    expect([await statusOf(own), await statusOf(other)]).toEqual(['expired', 'open'])
    const atStripe = (await testStripe.stripe.control.record()).sessions.find(({ id }) => id === own.sessionId)
    expect(atStripe?.status).toBe('expired')
    const verify = { login_id: asked.body.login_id, code: '42424242' }
    expect((await call(stack, 'POST', '/v1/login/verify', { body: verify })).body).toMatchObject({
      error: { message: expect.stringMatching(/expired/) },
    })
    // A checkout that is opened now ends an hour from the test world’s now, and at Stripe an hour from ours.
    expect(await statusOf(await openTestPurchase(stack, app))).toBe('open')

    expect(await balance(paid)).toBe(1000)
    await clock('POST', { seconds: 181 * 86_400 })
    const disused = await call(stack, 'GET', '/v1/credits/balance', { key: paid.userKey })
    expect(disused.body).toMatchObject({ error: { message: expect.stringMatching(/180 days/) } })
    expect((await openTestPurchase(stack, app)).userKey).toMatch(/^oc_sk_test_/)
    expect((await balanceOf(stack, live.userKey)).balance).toBe(1000)
    expect((await call(stack, 'GET', '/v1/credits/balance', { key: other.userKey })).status).toBe(200)
  })

  it('holds at another server and after a restart', async () => {
    const before = (await clock('GET')).body.ahead_seconds
    const second = await stack.startAnother()
    const buyer = await openTestPurchase(stack, app)
    const asks = () => fetch(`${second.url}/v1/credits/balance`, { headers: { 'x-user-key': buyer.userKey } })
    expect((await asks()).status).toBe(200)
    await clock('POST', { seconds: 200 * 86_400 })
    await until(async () => (await asks()).status === 401, 3_000)
    const read = await fetch(`${second.url}/v1/partner/test_clock`, {
      headers: { authorization: `Bearer ${app.test_secret_key}` },
    })
    expect(await read.json()).toMatchObject({ ahead_seconds: Number(before) + 200 * 86_400 })
    await second.kill('SIGTERM')
  })
})
