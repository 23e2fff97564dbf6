import { expect, test } from '../fixtures.ts'
import { startPartnerSite } from '../partner-site.ts'

test('the two browsers differ as they should: partitioned storage and blocked pop-ups in one of them @real-flags', async ({
  shop,
  stack,
}, info) => {
  const isReal = info.project.name === 'real-flags'
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  const written = await shop.frame.locator('body').evaluate(() => {
    try {
      localStorage.setItem('probe', '1')
      return true
    } catch {
      return false
    }
  })
  expect(written).toBe(isReal)
  // A click counts as the user's for five seconds, and so does whatever the test evaluates.
  const isBlocked = await shop.page.evaluate(async (delayMs) => {
    await new Promise((later) => setTimeout(later, delayMs))
    return window.open('about:blank') === null
  }, 5500)
  expect(isBlocked).toBe(isReal)
  expect(new URL(stack.url).hostname).toBe('oc.localhost')
})

test('a page whose origin is not registered shows nothing and gets nothing', async ({ page, stack, partner }) => {
  const stranger = await startPartnerSite(stack.url, 'stranger.localhost')
  await page.goto(stranger.address({ init: { publishableKey: partner.publishable_key } }))
  await page.getByRole('button', { name: 'Buy credits' }).click()
  await expect(page.getByRole('alert')).toContainText('Payments are not set up here yet')
  const calls = (await page.evaluate('window.calls')) as [string, { code: string }][]
  expect(calls).toEqual([['onError', expect.objectContaining({ code: 'origin_not_allowed' })]])
  await stranger.close()
})

test('a stranger that lies about its origin is not given the handshake', async ({ page, stack, site, partner }) => {
  const stranger = await startPartnerSite(stack.url, 'stranger.localhost')
  const checkout = `${stack.url}/checkout?pk=${partner.publishable_key}&origin=${encodeURIComponent(site.origin)}`
  await page.goto(
    stranger.address({
      init: { publishableKey: partner.publishable_key },
      script: `window.heard = []; addEventListener('message', (event) => heard.push(event.data))`,
    }),
  )
  await page.evaluate((src) => {
    const frame = document.createElement('iframe')
    frame.src = src
    document.body.append(frame)
  }, checkout)
  await page.waitForTimeout(1500)
  expect(await page.evaluate('window.heard')).toEqual([])
  const framed = page.frames().find((frame) => frame.url().startsWith(stack.url))
  expect(framed).toBeUndefined()
  await stranger.close()
})

test('the frame names who may frame it, and an unknown app is refused', async ({ request, stack, site, partner }) => {
  const port = new URL(stack.url).port
  const address = (pk: string, origin: string) =>
    `http://127.0.0.1:${port}/checkout?pk=${pk}&origin=${encodeURIComponent(origin)}`
  const good = await request.get(address(partner.publishable_key, site.origin))
  expect(good.headers()['content-security-policy']).toContain(`frame-ancestors ${site.origin}`)
  expect(good.headers()['content-security-policy']).not.toContain('unsafe')
  for (const [pk, origin] of [
    [partner.publishable_key, 'https://evil.example'],
    [partner.publishable_key, ''],
    [partner.publishable_key, `${site.origin} https://evil.example`],
    ['oc_pk_nobody', site.origin],
    ['"><script>alert(1)</script>', '"><script>alert(1)</script>'],
  ] as const) {
    const refused = await request.get(address(pk, origin))
    expect(refused.status()).toBe(403)
    expect(refused.headers()['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(await refused.text()).not.toContain('<script>alert')
  }
})

test('forged messages move nothing: not from the page itself, not from another frame', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await shop.page.evaluate(() => {
    const forged = [
      { opencredits: 1, type: 'ready' },
      { type: 'purchase_completed', sessionId: 'cs_x', userKey: 'oc_sk_forged', balance: 1e9, creditsAdded: 1e9 },
      { type: 'login_completed', userKey: 'oc_sk_forged', balance: 1 },
    ]
    for (const message of forged) window.postMessage(message, '*')
    const frame = document.createElement('iframe')
    frame.srcdoc = `<script>for (const message of ${JSON.stringify(forged)}) parent.postMessage(message, '*')</script>`
    document.body.append(frame)
    const checkout = document.querySelector<HTMLIFrameElement>('dialog iframe')
    // A second port for the frame, which it must not take from… itself it may: this page is its parent. It gives nothing away.
    checkout?.contentWindow?.postMessage({ opencredits: 2, type: 'connect' }, '*')
  })
  await shop.page.waitForTimeout(500)
  expect(await shop.calls()).toEqual([])
  expect(await shop.userKey()).toBeNull()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
})

test('a strict Content-Security-Policy needs to allow one host only', async ({ shop, stack }) => {
  const policy = `default-src 'none'; script-src 'self' ${stack.url}; frame-src ${stack.url}; connect-src ${stack.url}`
  const violations: string[] = []
  shop.page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  await shop.visit({}, { headers: { 'content-security-policy': policy } })
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000 })
  expect(violations.filter((text) => !text.includes('data:,'))).toEqual([])
})

test('a cross-origin isolated page pays in a new tab', async ({ shop, context }) => {
  await shop.visit(
    {},
    { headers: { 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' } },
  )
  expect(await shop.page.evaluate('crossOriginIsolated')).toBe(true)
  await shop.open()
  await shop.pickAndContinue('$10')
  const opening = context.waitForEvent('page')
  await shop.frame.getByRole('link', { name: 'Open the payment page' }).click()
  await shop.fillCard(await opening)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000 })
})

test('a blocked pop-up becomes a link @real-flags', async ({ shop, context }) => {
  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await shop.frame.locator('body').evaluate(() => {
    window.open = () => null
  })
  await shop.pickAndContinue('$10')
  await expect(shop.frame.getByRole('heading', { name: 'One more click' })).toBeVisible()
  expect(await shop.waitForCall('onError')).toMatchObject({ code: 'popup_blocked' })
  const opening = context.waitForEvent('page')
  await shop.frame.getByRole('link', { name: 'Open the payment page' }).click()
  const tab = await opening
  await shop.fillCard(tab)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000 })
})

test('a page without storage still sells, for as long as it is open', async ({ shop }) => {
  await shop.visit(
    {},
    {
      script: `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })`,
    },
  )
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  const purchase = await shop.waitForCall('onPurchaseCompleted')
  expect(await shop.userKey()).toBe(purchase.user_key)
})

test('two script tags and two inits are one checkout, and the newest callbacks are called', async ({ shop }) => {
  await shop.visit({}, { scriptTags: 2 })
  await shop.page.evaluate('start()')
  await shop.open({ amount: 10 })
  expect(await shop.page.locator('dialog').count()).toBe(1)
  await shop.fillCard(shop.stripe)
  await shop.waitForCall('onPurchaseCompleted')
  expect((await shop.calls('onPurchaseCompleted')).length).toBe(1)
})

test('a tab that is closed in the middle of a payment loses nothing', async ({ shop, context, stack }) => {
  await stack.sandbox.stripe.control.holdWebhooks()
  await shop.visit()
  await shop.open({ amount: 10 })
  await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
  const { session_id: sessionId, user_key: userKey } = await shop.waitForCall('onCheckoutOpened')
  const address = shop.page.url()
  await shop.page.close()
  await stack.sandbox.stripe.control.pay(String(sessionId))
  await stack.sandbox.stripe.control.releaseWebhooks()
  const again = await context.newPage()
  await again.goto(address)
  await expect
    .poll(async () =>
      ((await again.evaluate('window.calls')) as [string, unknown][]).filter(
        ([name]) => name === 'onPurchaseCompleted',
      ),
    )
    .toEqual([['onPurchaseCompleted', { user_key: userKey, balance: 1000, credits_added: 1000 }]])
})
