import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeMails } from '../mail-box.ts'
import type { PartnerKeys, Stack } from '../stack.ts'
import { balanceOf, call, until } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'

let stack: Stack
let partner: PartnerKeys

beforeAll(async () => {
  stack = await startProcessStack({ CURRENCIES: 'usd=100,eur=108,inr=1.2,jpy=0.66' })
  partner = stack.createPartner({ name: 'Acme' })
}, 60_000)

afterAll(() => stack.close())

describe('a purchase in the user’s own money and language', () => {
  const cases = [
    { locale: 'hi-IN', currency: 'inr', amount: 12_500.5, minor: 1_250_050, shown: '₹12,500.50', credits: 15_000.6 },
    { locale: 'ja-JP', currency: 'jpy', amount: 1500, minor: 1500, shown: '￥1,500', credits: 990 },
    { locale: 'de-AT', currency: 'eur', amount: 1.01, minor: 101, shown: '1,01\u00a0€', credits: 109.08 },
  ] as const
  const items = {
    inr: 'Acme के लिए 15,000.6 AI क्रेडिट',
    jpy: 'Acme の AI クレジット 990',
    eur: '109,08 KI-Credits für Acme',
  } as const

  it.each(cases)('$currency', async ({ locale, currency, amount, minor, shown, credits }) => {
    const { body } = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: partner.publishable_key, amount, currency, mode: 'new_tab', locale },
      headers: { 'idempotency-key': randomUUID() },
    })
    const [sessionId, key] = [String(body.session_id), String(body.user_key)]
    const session = (await stack.sandbox.stripe.control.record()).sessions.find(({ id }) => id === sessionId)
    expect(session).toMatchObject({ amount_total: minor, currency })
    // Whoever comes back is answered in the same language, whatever the browser's is.
    expect(session?.success_url).toContain(`&locale=${locale}`)
    expect(session?.cancel_url).toContain(`&locale=${locale}`)
    const page = await (await fetch(String(body.checkout_url))).text()
    for (const part of [`>${shown}<`, `>${items[currency]}<`]) expect(page).toContain(part)

    await stack.sandbox.stripe.control.pay(sessionId)
    const state = () => call(stack, 'GET', `/v1/checkout/sessions/${sessionId}`, { key })
    await until(async () => (await state()).body.status === 'complete')
    expect((await state()).body).toMatchObject({ amount, currency, credits_added: credits, balance: credits })
    expect((await balanceOf(stack, key)).balance).toBe(credits)
    const history = await call(stack, 'GET', '/v1/credits/history', { key })
    expect(history.body.data).toMatchObject([{ type: 'purchase', credits }])
    const inMoney = await call(stack, 'GET', `/v1/credits?currency=${currency}`, { key })
    expect(inMoney.body).toEqual({ balance: amount, currency: currency.toUpperCase() })
  })

  it.each([
    ['half a yen', { currency: 'jpy', amount: 1500.5 }, 'amount'],
    ['a tenth of a paisa', { currency: 'inr', amount: '500.001' }, 'amount'],
    [
      'an amount as Germans write it, which is for the checkout to read',
      { currency: 'eur', amount: '1.000,50' },
      'amount',
    ],
    ['a language that is none', { locale: '../../etc' }, 'locale'],
  ])('refuses %s, and says which field', async (_label, wrong, param) => {
    const answer = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: partner.publishable_key, amount: 10, ...wrong },
    })
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'invalid_request', param } } })
  })
})

describe('the mail with a code', () => {
  const ask = (email: string, locale?: string, headers: Record<string, string> = {}) =>
    call(stack, 'POST', '/v1/login/codes', {
      body: { publishable_key: partner.publishable_key, email, ...(locale === undefined ? {} : { locale }) },
      headers,
    })
  const mailTo = (email: string) => decodeMails(stack.mails()).split(`To: ${email}`)[1] ?? ''

  it.each([
    ['ar', 'هو رمزك لتطبيق Acme', '<html lang="ar" dir="rtl">'],
    ['fr-CA', 'est votre code pour Acme', '<html lang="fr" dir="ltr">'],
    ['pl', 'is your code for Acme', '<html lang="en" dir="ltr">'],
  ])('is in %s', async (locale, subject, html) => {
    const email = `${locale.toLowerCase()}@example.com`
    expect((await ask(email, locale)).status).toBe(200)
    const mail = mailTo(email)
    for (const part of [subject, html]) expect(mail).toContain(part)
    expect(mail).toMatch(/^\d{8}\r?$/m)
  })

  it('is in the browser’s language where none is named', async () => {
    await ask('browser@example.com', undefined, { 'accept-language': 'pl, ja;q=0.8, en;q=0.5' })
    expect(mailTo('browser@example.com')).toContain('ログイン用の認証コード')
  })

  it('is not sent in a language that is none', async () =>
    expect(await ask('nobody@example.com', 'x')).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request', param: 'locale' } },
    }))
})
