import type Stripe from 'stripe'
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

const card = { email: 'ada@example.com', card: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' }

/** Sends the form as a browser without scripts does, and does not follow where it leads. */
function submit(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(`${url}/pay`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
}

async function hosted(change: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const session = await stripe.checkout.sessions.create({ ...hostedSession, ...change })
  return { id: session.id, url: session.url ?? '' }
}

describe('the hosted page', () => {
  it('says what is paid, that it is the sandbox, and cannot be framed', async () => {
    const { url } = await hosted()
    const response = await fetch(url)
    const html = await response.text()
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    for (const part of [
      '$10.00',
      '1,000 AI credits',
      'No real money',
      'ada@example.com',
      'http://shop.localhost/cancelled',
    ])
      expect(html).toContain(part)
    for (const label of ['Email', 'Card number', 'Expiry', 'CVC'])
      expect(html).toMatch(new RegExp(`<label for="\\w+"[^>]*>${label}<`))
    expect(html).toMatch(/<button id="pay" type="submit"><span>Pay</)
  })

  it.each([
    ['de', 'eur', '10,00\u00a0€', 'Kartennummer', 'Bezahlen'],
    ['ja', 'jpy', '￥1,000', 'カード番号', '支払う'],
    ['hi-IN', 'inr', '₹10.00', 'कार्ड नंबर', 'भुगतान करें'],
    ['es-419', 'usd', 'USD\u00a010.00', 'Número de tarjeta', 'Pagar'],
    ['pl', 'usd', '$10.00', 'Card number', 'Pay'],
  ] as const)('speaks the language of the session: %s', async (locale, currency, amount, number, pay) => {
    const item = { unit_amount: 1000, currency, product_data: { name: '1,000 AI credits' } }
    const { url } = await hosted({ locale, line_items: [{ quantity: 1, price_data: item }] })
    const html = await (await fetch(url)).text()
    for (const part of [
      `<html lang="${locale === 'pl' ? 'en' : locale}">`,
      `<h1>${amount}</h1>`,
      `>${number}<`,
      `<span>${pay}<`,
    ])
      expect(html).toContain(part)
  })

  it('pays without scripts, and leads to where the session says', async () => {
    const { id, url } = await hosted()
    const response = await submit(url, card)
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `http://shop.localhost/done?session_id=${id}`,
    ])
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      payment_status: 'paid',
      customer_details: { email: 'ada@example.com' },
    })
    expect(await (await fetch(url)).text()).toContain('completed already')
    expect(await (await submit(url, card)).text()).toContain('completed already')
  })

  it('tells why it does not pay, and can be tried again', async () => {
    const { url } = await hosted()
    const incomplete = await (await submit(url, { ...card, cvc: '1' })).text()
    expect(incomplete).toContain('security code is incomplete')
    const declined = await (await submit(url, { ...card, card: '4000000000000002', email: '"><b>@x.org' })).text()
    expect(declined).toContain('Your card was declined.')
    expect(declined).not.toContain('"><b>')
    expect((await submit(url, card)).status).toBe(303)
  })

  it('asks for 3-D Secure on a page of its own', async () => {
    const { url } = await hosted()
    const secure = { ...card, card: '4000002500003155' }
    const challenge = await (await submit(url, secure)).text()
    expect(challenge).toMatch(/name="challenge" value="complete"[^>]*><span>Complete/)
    expect(await (await submit(url, { ...secure, challenge: 'fail' })).text()).toContain('unable to authenticate')
    expect((await submit(url, { ...secure, challenge: 'complete' })).status).toBe(303)
  })

  it('is gone when the session is', async () => {
    const { id, url } = await hosted()
    await stripe.checkout.sessions.expire(id)
    const response = await fetch(url)
    expect([response.status, (await response.text()).includes('expired')]).toEqual([410, true])
    expect((await fetch(url.replace(id, 'cs_test_none'))).status).toBe(404)
  })

  it('writes amounts as Stripe counts them', async () => {
    const price = { currency: 'huf', unit_amount: 123_456, product_data: { name: 'credits' } }
    const { url } = await hosted({ line_items: [{ quantity: 1, price_data: price }] })
    expect(await (await fetch(url)).text()).toContain('HUF 1,234.56'.replace(' ', '\u00A0'))
    const yen = { currency: 'jpy', unit_amount: 1500, product_data: { name: 'credits' } }
    expect(
      await (await fetch((await hosted({ line_items: [{ quantity: 1, price_data: yen }] })).url)).text(),
    ).toContain('¥1,500')
  })
})

describe('the embedded page', () => {
  const address = (secret: string | null, key = sandbox.stripe.publishableKey) =>
    `${sandbox.stripe.apiBase}/embedded/${secret}?key=${key}&parent=${encodeURIComponent('http://shop.localhost/x')}`
  const send = (secret: string | null, fields: object) =>
    fetch(`${sandbox.stripe.apiBase}/embedded/${secret}/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    })

  it('talks to the page that framed it, and can be framed', async () => {
    const { client_secret: secret } = await stripe.checkout.sessions.create(embeddedSession)
    const response = await fetch(address(secret))
    expect(response.headers.get('content-security-policy')).toContain('frame-ancestors *')
    expect(await response.text()).toContain('data-parent="http://shop.localhost"')
  })

  it('needs the publishable key and the whole secret', async () => {
    const { id, client_secret: secret } = await stripe.checkout.sessions.create(embeddedSession)
    expect((await fetch(address(secret, 'pk_test_wrong'))).status).toBe(401)
    expect((await fetch(address(`${id}_secret_guess`))).status).toBe(404)
    expect((await fetch(address(id))).status).toBe(404)
    const refused = await send(`${id}_secret_guess`, card)
    expect([refused.status, await refused.json()]).toMatchObject([404, { outcome: 'declined' }])
    const { id: hostedId } = await hosted()
    expect((await fetch(`${sandbox.stripe.apiBase}/c/pay/${id}`)).status).toBe(404)
    expect((await fetch(address(hostedId))).status).toBe(404)
  })

  it('answers the script in JSON: declined, challenged, paid, on its way', async () => {
    const { id, client_secret: secret } = await stripe.checkout.sessions.create(embeddedSession)
    const pay = async (fields: object) => (await send(secret, { ...card, ...fields })).json()
    expect(await pay({ expiry: '01/20' })).toEqual({
      outcome: 'declined',
      field: 'expiry',
      message: "Your card's expiration date is in the past.",
    })
    expect(await pay({ card: '4000000000009995' })).toEqual({
      outcome: 'declined',
      message: 'Your card has insufficient funds.',
    })
    expect(await pay({ card: '4000002500003155' })).toEqual({ outcome: 'needs_authentication', message: '' })
    expect(await pay({ card: '4000000000000077' })).toEqual({ outcome: 'complete', message: '', isPaid: false })
    expect(await pay({})).toMatchObject({ outcome: 'declined', message: expect.stringContaining('already been paid') })
    await sandbox.stripe.control.settleDelayed(id, 'succeeded')
  })

  it('sends the payer on when the session wants that', async () => {
    const { redirect_on_completion: _, ...rest } = embeddedSession
    const session = await stripe.checkout.sessions.create({
      ...rest,
      return_url: 'http://shop.localhost/r?s={CHECKOUT_SESSION_ID}',
    })
    expect(await (await send(session.client_secret, card)).json()).toMatchObject({
      redirect: `http://shop.localhost/r?s=${session.id}`,
    })
  })
})

describe('the script', () => {
  it('is served to any page, at both addresses', async () => {
    for (const path of ['/v1/stripe.js', '/endive/stripe.js']) {
      const response = await fetch(`${sandbox.stripe.apiBase}${path}`)
      expect(response.headers.get('content-type')).toMatch(/javascript/)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.text()).toContain('createEmbeddedCheckoutPage')
    }
    expect(sandbox.stripe.jsUrl).toMatch(/^http:\/\/localhost:\d+\/v1\/stripe\.js$/)
  })
})
