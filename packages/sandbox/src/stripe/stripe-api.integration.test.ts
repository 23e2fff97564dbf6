import { randomUUID } from 'node:crypto'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../index.ts'
import { embeddedSession, hostedSession, stripeClient } from '../test-webhook-receiver.ts'

let sandbox: Sandbox
let stripe: Stripe

beforeAll(async () => {
  sandbox = await startSandbox({ delayedAfterMs: null })
  stripe = stripeClient(sandbox)
})

afterAll(() => sandbox.close())

/** @returns what the client throws. */
async function refusal(call: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('checkout sessions', () => {
  it('are created for the embedded page, with a client secret and no address', async () => {
    const session = await stripe.checkout.sessions.create(embeddedSession)
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 1000,
      currency: 'usd',
      livemode: false,
      mode: 'payment',
      ui_mode: 'embedded_page',
      url: null,
      payment_intent: null,
      client_reference_id: 'purchase_1',
      customer_email: 'ada@example.com',
      metadata: { purchase_id: 'purchase_1' },
      adaptive_pricing: { enabled: false },
    })
    expect(session.id).toMatch(/^cs_test_/)
    expect(session.client_secret).toMatch(new RegExp(`^${session.id}_secret_`))
    expect(session.lastResponse.requestId).toMatch(/^req_/)
    expect(session.lastResponse.apiVersion).toBe('2026-10-28.endive')
    expect(await stripe.checkout.sessions.retrieve(session.id)).toEqual(session)
  })

  it('are created for the hosted page, with an address and no client secret', async () => {
    const session = await stripe.checkout.sessions.create(hostedSession)
    expect(session).toMatchObject({ ui_mode: 'hosted_page', client_secret: null, status: 'open' })
    expect(session.url).toMatch(/^http:\/\/localhost:\d+\/c\/pay\/cs_test_/)
  })

  it('expire when they are told to, once', async () => {
    const { id } = await stripe.checkout.sessions.create(hostedSession)
    expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null })
    expect((await refusal(stripe.checkout.sessions.expire(id))).message).toContain(
      'Only Checkout Sessions with a status',
    )
  })

  it('are listed newest first, page by page, and filtered', async () => {
    const made = []
    for (let count = 0; count < 3; count += 1) made.unshift((await stripe.checkout.sessions.create(hostedSession)).id)
    const first = await stripe.checkout.sessions.list({ limit: 2 })
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([made.slice(0, 2), true])
    const next = await stripe.checkout.sessions.list({ limit: 1, starting_after: made[1] ?? '' })
    expect(next.data.map(({ id }) => id)).toEqual(made.slice(2))
    await sandbox.stripe.control.pay(made[1] ?? '')
    const complete = await stripe.checkout.sessions.list({ status: 'complete' })
    expect(complete.data.map(({ id }) => id)).toEqual([made[1]])
  })

  it('expand what belongs to them, and only when asked', async () => {
    const { id } = await stripe.checkout.sessions.create(hostedSession)
    await sandbox.stripe.control.pay(id)
    const plain = await stripe.checkout.sessions.retrieve(id)
    expect(plain.payment_intent).toMatch(/^pi_/)
    expect(plain.line_items).toBeUndefined()
    const expanded = await stripe.checkout.sessions.retrieve(id, {
      expand: ['line_items', 'payment_intent.latest_charge'],
    })
    expect(expanded.line_items?.data[0]).toMatchObject({ description: '1,000 AI credits', amount_total: 1000 })
    expect(expanded.payment_intent).toMatchObject({
      status: 'succeeded',
      metadata: { purchase_id: 'purchase_1' },
      latest_charge: { object: 'charge', paid: true, amount: 1000 },
    })
    expect((await refusal(stripe.checkout.sessions.retrieve(id, { expand: ['nonsense'] }))).param).toBe('expand')
    expect((await stripe.checkout.sessions.listLineItems(id)).data).toHaveLength(1)
  })

  const soon = Math.floor(Date.now() / 1000)
  it.each<[string, Record<string, unknown>, string, string | undefined]>([
    ['an unknown parameter', { nonsense: '1' }, 'nonsense', 'parameter_unknown'],
    [
      'an unknown nested one',
      { line_items: [{ price_data: { shade: 'red' } }] },
      'line_items[0][price_data][shade]',
      'parameter_unknown',
    ],
    ['no mode', { mode: undefined }, 'mode', 'parameter_missing'],
    ['no line items', { line_items: undefined }, 'line_items', 'parameter_missing'],
    ['the old name of the embedded page', { ui_mode: 'embedded' }, 'ui_mode', undefined],
    [
      'payment_method_types',
      { payment_method_types: ['card'] },
      'payment_method_types',
      'payment_method_types_no_longer_supported',
    ],
    ['a return_url that never is', { return_url: 'http://a.localhost' }, 'return_url', undefined],
    [
      'no return_url where there is a redirect',
      { redirect_on_completion: 'always' },
      'return_url',
      'parameter_missing',
    ],
    ['a success_url in an embedded page', { success_url: 'http://a.localhost' }, 'success_url', undefined],
    [
      'a hosted page without success_url',
      { ui_mode: 'hosted_page', redirect_on_completion: undefined },
      'success_url',
      'parameter_missing',
    ],
    ['29 minutes', { expires_at: soon + 29 * 60 }, 'expires_at', undefined],
    ['25 hours', { expires_at: soon + 25 * 3600 }, 'expires_at', undefined],
    ['words for a number', { expires_at: 'soon' }, 'expires_at', 'parameter_invalid_integer'],
    ['an address that is none', { customer_email: 'ada' }, 'customer_email', 'email_invalid'],
    ['a language that Stripe does not speak', { locale: 'ar' }, 'locale', undefined],
    ['an empty value', { locale: '' }, 'locale', 'parameter_invalid_empty'],
    ['metadata that is too long', { metadata: { a: 'x'.repeat(501) } }, 'metadata[a]', undefined],
  ])('are refused with %s', async (_label, change, param, code) => {
    const parameters = { ...embeddedSession, ...change }
    const error = await refusal(stripe.checkout.sessions.create(parameters as Stripe.Checkout.SessionCreateParams))
    expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
    expect([error.statusCode, error.param, error.code]).toEqual([400, param, code])
  })

  it.each([
    ['usd', 49, 'amount_too_small'],
    ['jpy', 49, 'amount_too_small'],
    ['gbp', 29, 'amount_too_small'],
    ['usd', 100_000_000, 'amount_too_large'],
    ['kwd', 1001, undefined],
    ['isk', 1050, undefined],
    ['xxx', 1000, undefined],
  ])('are refused for %s %d', async (currency, amount, code) => {
    const error = await refusal(stripe.checkout.sessions.create(priced(currency, amount)))
    expect([error.statusCode, error.code]).toEqual([400, code])
  })

  it.each([
    ['usd', 50],
    ['jpy', 50],
    ['gbp', 30],
    ['usd', 99_999_999],
    ['kwd', 1010],
    ['isk', 1000],
  ])('are made for %s %d', async (currency, amount) => {
    expect(await stripe.checkout.sessions.create(priced(currency, amount))).toMatchObject({
      amount_total: amount,
      currency,
    })
  })
})

function priced(currency: string, unitAmount: number): Stripe.Checkout.SessionCreateParams {
  const price = { currency, unit_amount: unitAmount, product_data: { name: 'credits' } }
  return { ...embeddedSession, line_items: [{ quantity: 1, price_data: price }] }
}

describe('the secret key', () => {
  it.each([
    ['a wrong one', 'sk_test_wrong', 401],
    ['the publishable one', 'pk_test_sandbox', 403],
  ])('is asked for: %s is refused', async (_label, key, status) => {
    const error = await refusal(stripeClient(sandbox, key).accounts.retrieveCurrent())
    expect(error.statusCode).toBe(status)
    expect(error.message).not.toContain('sk_test_wrong')
  })

  it('may come as Basic credential, as curl sends it', async () => {
    const authorization = `Basic ${Buffer.from(`${sandbox.stripe.secretKey}:`).toString('base64')}`
    const response = await fetch(`${sandbox.stripe.apiBase}/v1/account`, { headers: { authorization } })
    expect(await response.json()).toMatchObject({ object: 'account' })
    expect((await fetch(`${sandbox.stripe.apiBase}/v1/account`)).status).toBe(401)
  })
})

describe('idempotency keys', () => {
  it('give the same answer to the same parameters', async () => {
    const idempotencyKey = randomUUID()
    const first = await stripe.checkout.sessions.create(embeddedSession, { idempotencyKey })
    const again = await stripe.checkout.sessions.create(embeddedSession, { idempotencyKey })
    expect(again.id).toBe(first.id)
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  })

  it('refuse other parameters', async () => {
    const idempotencyKey = randomUUID()
    await stripe.checkout.sessions.create(embeddedSession, { idempotencyKey })
    const error = await refusal(stripe.checkout.sessions.create(hostedSession, { idempotencyKey }))
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
    expect(error.statusCode).toBe(400)
  })

  it('are free again after a refusal of the form', async () => {
    const idempotencyKey = randomUUID()
    await refusal(stripe.checkout.sessions.create(priced('usd', 1), { idempotencyKey }))
    await stripe.checkout.sessions.create(embeddedSession, { idempotencyKey })
  })

  it('refuse a second request while the first is running', async () => {
    const idempotencyKey = randomUUID()
    await sandbox.stripe.control.failNextCalls(1, 'hang', { isKept: true })
    const hanging = stripe.checkout.sessions.create(embeddedSession, { idempotencyKey, timeout: 500 }).catch(() => {})
    await new Promise((wait) => setTimeout(wait, 100))
    const error = await refusal(stripe.checkout.sessions.create(embeddedSession, { idempotencyKey }))
    expect([error.statusCode, error.code]).toEqual([409, 'idempotency_key_in_use'])
    await hanging
  })

  it('keep a failure that happened while the call was worked on', async () => {
    const idempotencyKey = randomUUID()
    await sandbox.stripe.control.failNextCalls(1, 500, { isKept: true })
    for (const replayed of [undefined, 'true']) {
      const error = await refusal(stripe.checkout.sessions.create(embeddedSession, { idempotencyKey }))
      expect([error.statusCode, error.headers?.['idempotent-replayed']]).toEqual([500, replayed])
    }
  })
})

describe('failNextCalls', () => {
  it('answers with the status that it was told, then works again', async () => {
    await sandbox.stripe.control.failNextCalls(1, 429)
    expect(await refusal(stripe.accounts.retrieveCurrent())).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
    await stripe.accounts.retrieveCurrent()
  })

  // Stripe's client tries once more by itself when a connection is cut.
  it('cuts the connection before the work is done', async () => {
    const before = (await sandbox.stripe.control.record()).sessions.length
    await sandbox.stripe.control.failNextCalls(2, 'drop')
    const error = await refusal(stripe.checkout.sessions.create(embeddedSession))
    expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError)
    expect((await sandbox.stripe.control.record()).sessions).toHaveLength(before)
  })

  it('cuts the connection after the work is done, and the key leads to what was made', async () => {
    const before = (await sandbox.stripe.control.record()).sessions.length
    await sandbox.stripe.control.failNextCalls(1, 'drop_after')
    const made = await stripe.checkout.sessions.create(embeddedSession)
    const { sessions } = await sandbox.stripe.control.record()
    expect(sessions.slice(before).map(({ id }) => id)).toEqual([made.id])
    expect(made.lastResponse.headers['idempotent-replayed']).toBe('true')
  })
})

describe('paths', () => {
  it('that do not exist are refused in words, and so is another API version', async () => {
    const headers = { authorization: `Bearer ${sandbox.stripe.secretKey}` }
    const unknown = await fetch(`${sandbox.stripe.apiBase}/v1/nonsense`, { headers })
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    const old = { ...headers, 'stripe-version': '2020-08-27' }
    expect((await fetch(`${sandbox.stripe.apiBase}/v1/account`, { headers: old })).status).toBe(400)
    expect((await refusal(stripe.checkout.sessions.retrieve('cs_test_none'))).code).toBe('resource_missing')
  })
})
