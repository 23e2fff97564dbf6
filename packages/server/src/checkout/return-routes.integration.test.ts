import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, type Shop } from './test-shop.ts'

let shop: Shop
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'opencredits-dist-'))
  mkdirSync(join(folder, 'checkout'))
  for (const page of ['return', 'cancelled'])
    writeFileSync(join(folder, `checkout/${page}.html`), `<!doctype html><html lang="en"><h1>${page}</h1></html>`)
  shop = await openShop({ sdkDistPath: folder, sandbox: { delayedAfterMs: null } })
})

afterAll(async () => {
  await shop.close()
  rmSync(folder, { recursive: true })
})

async function openInTab(body: Record<string, unknown> = {}) {
  const bought = await shop.open({ mode: 'new_tab', ...body })
  const { id } = await shop.db
    .selectFrom('purchases')
    .select('id')
    .where('stripe_session_id', '=', bought.sessionId)
    .executeTakeFirstOrThrow()
  return { ...bought, purchase: id }
}

const stateOf = (purchase: string) => shop.call('GET', `/checkout/state?purchase=${purchase}`)
const cancel = (purchase: string) => shop.call('POST', '/checkout/cancelled', { body: { purchase } })

describe('the pages that Stripe’s page returns to', () => {
  it.each(['return', 'cancelled'])('%s stands alone, and may ask nobody but this server', async (path) => {
    const response = await fetch(`${shop.url}/checkout/${path}?purchase=pur_x`)
    expect(await response.text()).toBe(`<!doctype html><html lang="en" data-sandbox><h1>${path}</h1></html>`)
    const policy = response.headers.get('content-security-policy') ?? ''
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(part)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('GET /checkout/state', () => {
  it('tells app, amount and the true state, and nothing about the user', async () => {
    const { purchase, sessionId } = await openInTab({ amount: '12.50', currency: 'eur' })
    const { status, headers, body } = await stateOf(purchase)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      status: 'open',
      cancelled: false,
      app_name: expect.any(String),
      logo_url: null,
      accent_color: null,
      amount: 12.5,
      currency: 'eur',
      credits: 1350,
    })
    await shop.sandbox.stripe.control.pay(sessionId)
    await expect.poll(async () => (await stateOf(purchase)).body.status).toBe('complete')
  })

  it('never takes a delayed payment for received, nor one that failed', async () => {
    const { purchase, sessionId } = await openInTab()
    await shop.sandbox.stripe.control.pay(sessionId, { card: '4000000000000077' })
    await expect.poll(async () => (await stateOf(purchase)).body.status).toBe('processing')
    await shop.sandbox.stripe.control.settleDelayed(sessionId, 'failed')
    await expect.poll(async () => (await stateOf(purchase)).body.status).toBe('failed')
  })

  it('knows only purchases that are paid on Stripe’s own page', async () => {
    const { sessionId } = await shop.open({ mode: 'embedded' })
    const { id } = await shop.db
      .selectFrom('purchases')
      .select('id')
      .where('stripe_session_id', '=', sessionId)
      .executeTakeFirstOrThrow()
    for (const purchase of [id, 'pur_nobody', '']) expect((await stateOf(purchase)).status).toBe(404)
    expect((await shop.call('GET', '/checkout/state')).status).toBe(400)
  })
})

describe('POST /checkout/cancelled', () => {
  it('closes the session at Stripe, and the app that waits is told', async () => {
    const bought = await openInTab()
    expect((await cancel(bought.purchase)).body).toMatchObject({ cancelled: true })
    await expect.poll(async () => (await shop.read(bought)).body).toMatchObject({ status: 'expired', cancelled: true })
    expect(await shop.sandbox.stripe.control.pay(bought.sessionId)).toBe('declined')
    expect((await cancel(bought.purchase)).body).toMatchObject({ status: 'expired', cancelled: true })
  })

  it('changes nothing about one that has been paid', async () => {
    const bought = await openInTab()
    await shop.sandbox.stripe.control.pay(bought.sessionId)
    const { body } = await cancel(bought.purchase)
    expect(body).toMatchObject({ status: 'complete', cancelled: false })
    expect((await shop.read(bought)).body).not.toHaveProperty('cancelled')
    await shop.booksAreRight()
  })

  it('counts as cancelled though Stripe does not answer, until somebody pays all the same', async () => {
    const bought = await openInTab()
    await shop.sandbox.stripe.control.failNextCalls(2, 500)
    expect((await cancel(bought.purchase)).body).toMatchObject({ status: 'open', cancelled: true })
    await shop.sandbox.stripe.control.pay(bought.sessionId)
    await expect
      .poll(async () => (await stateOf(bought.purchase)).body)
      .toMatchObject({ status: 'complete', cancelled: false })
    await shop.booksAreRight()
  })

  it('cannot be called by a form of another site', async () => {
    const { purchase } = await openInTab()
    const form = await fetch(`${shop.url}/checkout/cancelled`, {
      method: 'POST',
      body: new URLSearchParams({ purchase }),
    })
    expect(form.status).toBe(415)
    expect((await stateOf(purchase)).body.cancelled).toBe(false)
  })
})
