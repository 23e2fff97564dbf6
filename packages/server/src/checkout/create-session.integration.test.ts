import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPartner } from '../partners/save-partner.ts'
import { openShop, purchaseOf, type Shop, until } from './test-shop.ts'

let shop: Shop

beforeAll(async () => {
  shop = await openShop()
})

afterAll(() => shop.close())

describe('POST /v1/checkout/sessions', () => {
  it('opens an embedded page for a new guest', async () => {
    const { status, headers, body } = await shop.create()
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      session_id: expect.stringMatching(/^cs_/),
      livemode: true,
      user_key: expect.stringMatching(/^oc_sk_/),
      client_secret: expect.stringMatching(/_secret_/),
      expires_at: expect.any(Number),
    })
    expect(Number(body.expires_at) - Date.now() / 1000).toBeGreaterThan(58 * 60)
    expect(await shop.statusOf(String(body.session_id))).toBe('open')
  })

  it.each(['new_tab', 'manual'])('opens a hosted page in mode %s', async (mode) => {
    const { body } = await shop.create({ mode })
    expect(body.client_secret).toBeUndefined()
    expect(body.checkout_url).toMatch(/\/c\/pay\/cs_/)
    expect(await atStripe(String(body.session_id))).toMatchObject({
      ui_mode: 'hosted_page',
      success_url: expect.stringMatching(/^http:\/\/oc\.localhost:8787\/checkout\/return\?purchase=pur_\w+$/),
      cancel_url: expect.stringMatching(/^http:\/\/oc\.localhost:8787\/checkout\/cancelled\?purchase=pur_\w+$/),
    })
  })

  it.each([
    [
      'dark',
      {
        background_color: '#16181d',
        button_color: '#a5a0ff',
        display_name: 'Test <app> & co',
        border_style: 'rounded',
      },
    ],
    ['light', { background_color: '#ffffff', button_color: '#4338ca' }],
  ])('asks Stripe for a form that fits the %s checkout', async (theme, expected) => {
    const { sessionId } = await shop.open({ theme })
    expect((await atStripe(sessionId))?.branding_settings).toMatchObject(expected)
  })

  it('gives Stripe the app’s own colour and logo', async () => {
    const brand = { accent_color: '#0a7d4f', logo_url: 'https://app.example/logo.png' }
    await shop.db.updateTable('partners').set(brand).where('id', '=', shop.partnerId).execute()
    await new Promise((kept) => setTimeout(kept, 1_600))
    const { sessionId } = await shop.open({ theme: 'light' })
    expect((await atStripe(sessionId))?.branding_settings).toMatchObject({
      button_color: '#0a7d4f',
      icon: { type: 'url', url: 'https://app.example/logo.png' },
    })
    await shop.db.updateTable('partners').set({ accent_color: null, logo_url: null }).execute()
    await new Promise((kept) => setTimeout(kept, 1_600))
  })

  it('tells Stripe the purchase, the e-mail and the language, and writes the purchase down', async () => {
    const { sessionId } = await shop.open({ email: 'buyer@example.com', locale: 'de-AT' })
    const purchase = await purchaseOf(shop.db, sessionId)
    const metadata = { purchase_id: purchase.id, partner_id: shop.partnerId }
    expect(await atStripe(sessionId)).toMatchObject({
      ui_mode: 'embedded_page',
      client_reference_id: purchase.id,
      customer_email: 'buyer@example.com',
      locale: 'de',
      metadata,
      payment_metadata: metadata,
    })
    expect(purchase).toMatchObject({ status: 'open', amount_minor: 1000, currency: 'usd', is_livemode: 0 })
  })

  it.each([
    // currency, amount, at Stripe, credits
    ['usd', 10, 1000, 1000],
    ['USD', '10.50', 1050, 1050],
    ['eur', 10, 1000, 1080],
    ['jpy', 1500, 1500, 990],
    ['kwd', '3.25', 3250, 1056.25],
    // Intl writes forints without decimals; Stripe counts them in hundredths.
    ['huf', 4000, 400_000, 1120],
  ])('%s %s is %i at Stripe and %d credits when it is paid', async (currency, amount, amountAtStripe, credits) => {
    const bought = await shop.open({ currency, amount })
    expect(await atStripe(bought.sessionId)).toMatchObject({
      currency: currency.toLowerCase(),
      amount_total: amountAtStripe,
    })
    await shop.sandbox.stripe.control.pay(bought.sessionId)
    await until(async () => (await shop.statusOf(bought.sessionId)) === 'complete')
    expect((await shop.read(bought)).body).toEqual({
      session_id: bought.sessionId,
      livemode: true,
      status: 'complete',
      balance: credits,
      credits_added: credits,
      amount: Number(amount),
      currency: currency.toLowerCase(),
    })
  })

  it('tops the caller up and gives its own key back', async () => {
    const first = await shop.open()
    const again = await shop.open({}, { authorization: `Bearer ${first.userKey} ` })
    expect(again.userKey).toBe(first.userKey)
    const { user_id: userId } = await purchaseOf(shop.db, first.sessionId)
    expect(await purchaseOf(shop.db, again.sessionId)).toMatchObject({ user_id: userId })
  })

  const refused: readonly (readonly [string, unknown, string | null])[] = [
    ['no publishable key', { publishable_key: undefined }, 'publishable_key'],
    ['an unknown publishable key', { publishable_key: 'oc_pk_nobody' }, 'publishable_key'],
    ['a huge publishable key', { publishable_key: 'x'.repeat(100_000) }, 'publishable_key'],
    ['no amount', { amount: undefined }, 'amount'],
    ['a negative amount', { amount: -10 }, 'amount'],
    ['too little', { amount: 0.99 }, 'amount'],
    ['too much', { amount: 1000.01 }, 'amount'],
    ['an amount beyond all numbers', { amount: 1e300 }, 'amount'],
    ['a part of a cent', { amount: 10.001 }, 'amount'],
    ['a part of a yen', { amount: 1500.5, currency: 'jpy' }, 'amount'],
    ['a third decimal that Stripe cannot charge', { amount: '3.255', currency: 'kwd' }, 'amount'],
    ['an amount in words', { amount: 'ten' }, 'amount'],
    ['an exponent', { amount: '1e1' }, 'amount'],
    ['an object for an amount', { amount: { value: 10 } }, 'amount'],
    ['null for an amount', { amount: null }, 'amount'],
    ['a currency that is not enabled', { currency: 'gbp' }, 'currency'],
    ['a number for a currency', { currency: 7 }, 'currency'],
    ['an unknown mode', { mode: 'barter' }, 'mode'],
    ['no e-mail address', { email: 'nobody' }, 'email'],
    ['a locale that is none', { locale: '../../etc' }, 'locale'],
  ]
  it.each(refused)('refuses %s', async (_label, change, param) => {
    const { status, body } = await shop.create(change as Record<string, unknown>)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { type: 'invalid_request', param } })
  })

  it('refuses bodies that are no JSON object', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const body of ['', '{', '[]', '"x"', 'null', deep, `{"amount":${deep}}`, '{"amount":NaN}']) {
      expect((await shop.call('POST', '/v1/checkout/sessions', { body })).status, body.slice(0, 20)).toBe(400)
    }
    const huge = JSON.stringify({ amount: 'x'.repeat(300_000) })
    expect((await shop.call('POST', '/v1/checkout/sessions', { body: huge })).status).toBe(413)
  })

  it('says what would be right', async () => {
    expect(await messageOf({ amount: 0.5 })).toContain('$1.00 to $1,000.00')
    expect(await messageOf({ amount: 10, currency: 'jpy' })).toContain('¥152 to ¥151,515')
    expect(await messageOf({ amount: '3.255', currency: 'kwd' })).toContain('0.010')
    expect(await messageOf({ currency: 'gbp' })).toContain('usd, eur, chf, jpy, kwd, huf')
  })

  it('refuses a key that is unknown', async () => {
    const { status, body } = await shop.create({}, { 'x-user-key': 'oc_sk_typo' })
    expect(status).toBe(401)
    expect(body).toMatchObject({ error: { type: 'invalid_user_key' } })
  })

  it('never asks Stripe for less than it takes', async () => {
    const { currencies } = shop.deps
    const cheap = await openShopWith({ purchaseBounds: { min: 1, max: 100_000 }, currencies })
    expect((await cheap.create({ amount: 0.49 })).body).toMatchObject({ error: { param: 'amount' } })
    expect((await cheap.create({ amount: 0.5 })).status).toBe(200)
    await cheap.close()
  })
})

describe('Idempotency-Key', () => {
  it('gives the same session and the same guest again', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await shop.create({}, headers)
    const again = await shop.create({}, headers)
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
  })

  it('makes one session of twenty requests at once', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.create({ amount: 12 }, headers)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(await shop.db.selectFrom('purchases').selectAll().where('amount_minor', '=', 1200).execute()).toHaveLength(1)
  })

  it('refuses the key for another request', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    await shop.open({}, headers)
    const { status, body } = await shop.create({ amount: 11 }, headers)
    expect(status).toBe(409)
    expect(body).toMatchObject({ error: { type: 'conflict', param: 'Idempotency-Key' } })
  })

  it('keeps callers and apps apart', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const guest = await shop.open({}, headers)
    const user = await shop.open({}, { ...headers, 'x-user-key': guest.userKey })
    const terms = { name: 'B', email: 'b@example.com', shareBasisPoints: 0, allowedModels: null, origins: [] }
    const other = await createPartner(
      { db: shop.db, pepper: shop.deps.pepper, shareBasisPointsMax: 10_000 },
      { ...terms, logoUrl: null, accentColor: null, isActive: true },
      Date.now(),
    )
    const elsewhere = await shop.open({ publishable_key: other.publishableKey }, headers)
    expect(new Set([guest.sessionId, user.sessionId, elsewhere.sessionId]).size).toBe(3)
    expect(elsewhere.userKey).not.toBe(guest.userKey)
  })

  it('is bounded', async () => {
    const { status, body } = await shop.create({}, { 'idempotency-key': 'x'.repeat(256) })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { param: 'Idempotency-Key' } })
  })

  it('answers again, without anything to pay with, once it is paid', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const bought = await shop.open({ mode: 'new_tab' }, headers)
    await shop.sandbox.stripe.control.pay(bought.sessionId)
    await until(async () => (await shop.statusOf(bought.sessionId)) === 'complete')
    expect((await shop.create({ mode: 'new_tab' }, headers)).body).toMatchObject({
      session_id: bought.sessionId,
      user_key: bought.userKey,
    })
  })
})

describe('many checkouts from one address', () => {
  it('are slowed down, with a key as without', async () => {
    const own = await openShop()
    const { userKey } = await own.open()
    const guests = await Promise.all(Array.from({ length: 130 }, () => own.create()))
    const limited = guests.find(({ status }) => status === 429)
    expect(limited?.body).toMatchObject({ error: { type: 'rate_limited' } })
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0)
    // Whoever opens a checkout gets a key: it must not free its address.
    expect((await own.create({}, { 'x-user-key': userKey })).status).toBe(429)
    await own.close()
  })
})

async function atStripe(sessionId: string) {
  const { sessions } = await shop.sandbox.stripe.control.record()
  return sessions.find(({ id }) => id === sessionId)
}

async function messageOf(change: Record<string, unknown>): Promise<string> {
  const { body } = await shop.create(change)
  const { error } = body as { readonly error: { readonly message: string } }
  return error.message
}

async function openShopWith(change: Partial<Shop['deps']>): Promise<Shop> {
  return openShop({ change })
}
