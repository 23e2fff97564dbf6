import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, buyCredits, call, direct, verifyLedger } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { openTestPurchase, type TestPurchase } from './test-purchases.ts'

/** The test world without keys of Stripe: what it sells is paid on the built-in page. */
let stack: Stack
let app: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack()
  app = stack.createPartner({ origins: ['https://app.example'] })
}, 60_000)

afterAll(async () => {
  expect(verifyLedger(stack)).toMatchObject({ ok: true, openHolds: 0 })
  // No receipt, no code, no notice: nothing of the test world is mailed.
  expect(stack.mails()).toBe('')
  await stack.close()
})

const open = (mode = 'new_tab', of = app) => openTestPurchase(stack, of, { mode })
const act = (purchase: TestPurchase, body: object) =>
  call(stack, 'POST', `/checkout/test-payments/${purchase.sessionId}`, { body })
const read = (purchase: TestPurchase) =>
  call(stack, 'GET', `/v1/checkout/sessions/${purchase.sessionId}`, { key: purchase.userKey })
const balance = async (purchase: TestPurchase) => (await balanceOf(stack, purchase.userKey)).balance
const help = (purchase: TestPurchase, name: string, body: object = {}, by = app.test_secret_key) =>
  call(stack, 'POST', `/v1/partner/test_helpers/purchases/${purchase.sessionId}/${name}`, {
    headers: { authorization: `Bearer ${by}` },
    body,
  })
const advance = (seconds: number, by = app.test_secret_key) =>
  call(stack, 'POST', '/v1/partner/test_clock/advance', {
    headers: { authorization: `Bearer ${by}` },
    body: { seconds },
  })

describe('the built-in page', () => {
  it.each(['embedded', 'new_tab', 'manual'])('sells in mode %s, once, however often it is sent', async (mode) => {
    const purchase = await open(mode)
    expect(purchase).toMatchObject({ livemode: false, userKey: expect.stringMatching(/^oc_sk_test_/) })
    expect(purchase.checkoutUrl === null).toBe(mode === 'embedded')
    expect(purchase.clientSecret === null).toBe(mode !== 'embedded')
    const state = await call(stack, 'GET', `/checkout/test-payments/${purchase.sessionId}`)
    expect(state.body).toMatchObject({ livemode: false, status: 'open', amount: 10, currency: 'usd', credits: 1000 })

    const sent = await Promise.all(Array.from({ length: 8 }, () => act(purchase, { action: 'pay' })))
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await act(purchase, { action: 'pay', email: 'later@example.com' })).body).toMatchObject({
      status: 'complete',
      email: null,
    })
    expect((await read(purchase)).body).toMatchObject({ livemode: false, status: 'complete', credits_added: 1000 })
    expect((await call(stack, 'GET', '/v1/credits/balance', { key: purchase.userKey })).body).toMatchObject({
      livemode: false,
      balance: 1000,
    })
  })

  it('lets nothing of Stripe into the frame, which says what it is of', async () => {
    const query = new URLSearchParams({ pk: app.test_publishable_key, origin: 'https://app.example' })
    const frame = await fetch(`${direct(stack)}/checkout?${query}`)
    const policy = frame.headers.get('content-security-policy') ?? ''
    expect(policy).not.toContain('stripe')
    expect(policy).toContain("frame-src 'none'")
    expect(await frame.text()).toMatch(/"livemode":false,.*"stripe":null/)
    const page = await fetch(`${direct(stack)}/checkout/test-payment?session=cs_test_x`)
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/)
  })

  it('declines a try with the code that was wanted, and another one pays', async () => {
    const purchase = await open()
    const declined = await act(purchase, { action: 'decline', code: 'insufficient_funds' })
    expect(declined.body).toMatchObject({ status: 'open', declined_as: 'insufficient_funds' })
    expect(await balance(purchase)).toBe(0)
    expect((await act(purchase, { action: 'pay' })).body).toMatchObject({ status: 'complete', declined_as: null })
    expect((await act(purchase, { action: 'decline', code: 'lost_card' })).status).toBe(409)
    expect((await act(purchase, { action: 'decline', code: 'no_such_code' })).status).toBe(400)
    expect(await balance(purchase)).toBe(1000)
  })

  it('lets a payment be processing until the test clock or its developer decides', async () => {
    const [slow, forced, bounced] = [await open(), await open('embedded'), await open()]
    for (const purchase of [slow, forced])
      expect((await act(purchase, { action: 'pay_later', succeeds: true })).body).toMatchObject({
        status: 'processing',
      })
    await act(bounced, { action: 'pay_later', succeeds: false })
    expect((await help(forced, 'settle')).body).toMatchObject({ status: 'complete', livemode: false })
    expect([await balance(slow), await balance(forced)]).toEqual([0, 1000])
    await advance(10)
    expect([await balance(slow), await balance(bounced)]).toEqual([1000, 0])
    expect((await read(bounced)).body).toMatchObject({ status: 'failed', failure: expect.any(String) })
    expect((await help(bounced, 'pay')).body).toMatchObject({ status: 'failed' })
    expect(await balance(bounced)).toBe(0)
  })

  it('expires, and is cancelled: neither is paid any more', async () => {
    const [expired, cancelled] = [await open(), await open()]
    expect((await act(expired, { action: 'expire' })).body).toMatchObject({ status: 'expired' })
    const { body } = await call(stack, 'GET', `/checkout/test-payments/${cancelled.sessionId}`)
    const purchase = new URL(String(body.cancel_path), stack.url).searchParams.get('purchase')
    const back = await call(stack, 'POST', '/checkout/cancelled', { body: { purchase } })
    expect(back.body).toMatchObject({ status: 'expired', cancelled: true })
    for (const one of [expired, cancelled]) {
      expect((await act(one, { action: 'pay' })).status).toBe(409)
      expect(await balance(one)).toBe(0)
    }
  })

  it('of paying and cancelling at once, one holds', async () => {
    for (let round = 0; round < 6; round += 1) {
      const one = await open()
      const { body } = await call(stack, 'GET', `/checkout/test-payments/${one.sessionId}`)
      const purchase = new URL(String(body.cancel_path), stack.url).searchParams.get('purchase')
      const [paid] = await Promise.all([
        act(one, { action: 'pay' }),
        call(stack, 'POST', '/checkout/cancelled', { body: { purchase } }),
      ])
      const { status, cancelled = false } = (await read(one)).body
      if (paid.status === 200) expect([status, cancelled, await balance(one)]).toEqual(['complete', false, 1000])
      else expect([paid.status, status, cancelled, await balance(one)]).toEqual([409, 'expired', true, 0])
    }
  })

  it('never takes a live purchase, another app’s, or a page’s that is not ours', async () => {
    const live = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: app.publishable_key, amount: 10 },
    })
    const purchase = { sessionId: String(live.body.session_id), userKey: String(live.body.user_key) }
    expect(live.body).toMatchObject({ livemode: true, user_key: expect.stringMatching(/^oc_sk_(?!test_)/) })
    expect(
      (await call(stack, 'POST', `/checkout/test-payments/${purchase.sessionId}`, { body: { action: 'pay' } })).status,
    ).toBe(404)
    const of = { ...purchase, livemode: true, checkoutUrl: null, clientSecret: null }
    expect((await help(of, 'pay')).status).toBe(404)
    expect((await help(of, 'pay', {}, app.secret_key)).body).toMatchObject({ error: { type: 'conflict' } })
    expect((await balanceOf(stack, purchase.userKey)).balance).toBe(0)

    const own = await open()
    const stranger = stack.createPartner({ name: 'Other' }).test_secret_key
    expect((await help(own, 'pay', {}, stranger)).status).toBe(404)
    const form = await call(stack, 'POST', `/checkout/test-payments/${own.sessionId}`, {
      headers: { 'content-type': 'text/plain' },
      body: '{"action":"pay"}',
    })
    expect([form.status, await balance(own)]).toEqual([415, 0])
  })

  it('keeps user keys, guests and publishable keys of the worlds apart', async () => {
    const test = await open()
    await act(test, { action: 'pay' })
    const live = await buyCredits(stack, app, 10)
    for (const [publishable, userKey] of [
      [app.publishable_key, test.userKey],
      [app.test_publishable_key, live.userKey],
    ]) {
      const refused = await call(stack, 'POST', '/v1/checkout/sessions', {
        key: userKey ?? '',
        headers: { 'idempotency-key': randomUUID() },
        body: { publishable_key: publishable, amount: 10 },
      })
      expect(refused.body).toMatchObject({ error: { type: 'invalid_request', param: 'publishable_key' } })
    }
  })
})

describe('what is taken back afterwards', () => {
  it('is refunded in parts, never more than was paid, and disputed, won and lost', async () => {
    const purchase = await open()
    expect((await help(purchase, 'refund')).status).toBe(409)
    await help(purchase, 'pay')
    expect((await help(purchase, 'refund', { amount_minor: 300 })).body).toMatchObject({
      taken_back: 300,
      refunds: [{ amount_minor: 300, status: 'succeeded' }],
    })
    const both = await Promise.all([600, 600].map((amount_minor) => help(purchase, 'refund', { amount_minor })))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
    expect(await balance(purchase)).toBe(100)
    expect((await help(purchase, 'dispute', { amount_minor: 100 })).body).toMatchObject({ taken_back: 1000 })
    expect((await help(purchase, 'dispute')).status).toBe(409)
    expect(await balance(purchase)).toBe(0)
    expect((await help(purchase, 'close_dispute', { status: 'won' })).body).toMatchObject({
      taken_back: 900,
      disputes: [{ status: 'won' }],
    })
    expect((await help(purchase, 'close_dispute', { status: 'lost' })).status).toBe(409)
    expect(await balance(purchase)).toBe(100)
  })
})
