import AxeBuilder from '@axe-core/playwright'
import type { Locator } from '@playwright/test'
import { createShop, expect, type Shop, test } from '../fixtures.ts'
import { balanceOf, buyCredits, call } from '../process/api-client.ts'
import { allow, askForCode, signIn } from '../sign-in.ts'
import type { Stack } from '../stack.ts'

/** What an app may spend, and whose credits they are: what the modal asks, and what comes of each answer. */

const axe = async (shop: Shop, screen: string) => {
  const { violations } = await new AxeBuilder({ page: shop.page })
    .exclude(['dialog iframe', 'iframe[title="Secure payment"]'])
    .analyze()
  expect(violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
  await shop.page.emulateMedia({ forcedColors: 'active' })
  const lost = await shop.frame.locator('body').evaluate((body) => {
    const canvas = getComputedStyle(body).backgroundColor
    return [...body.querySelectorAll('.primary, .note, .letter, .tile, .models')]
      .filter((box) => [canvas, 'rgba(0, 0, 0, 0)'].includes(getComputedStyle(box).borderBlockEndColor))
      .map((box) => box.outerHTML)
  })
  expect({ screen, lost }).toEqual({ screen, lost: [] })
  await shop.page.emulateMedia({ forcedColors: 'none' })
  await shop.page.setViewportSize({ width: 640, height: 400 })
  await shop.frame.locator('.scroll').evaluate((area) => area.scrollTo(0, 0))
  // What the screen asks for, or says, is seen at twice the size, too, and not only the buttons below it.
  const told = shop.frame.locator('.content :is(input, .note)').first()
  await expect((await told.count()) > 0 ? told : shop.frame.locator('h1')).toBeInViewport({ ratio: 1 })
  await expect(shop.frame.locator('.bar button').first()).toBeInViewport({ ratio: 1 })
  await shop.page.setViewportSize({ width: 1280, height: 720 })
}

/** Presses Tab until this has the focus, and then the key. */
const press = async (shop: Shop, target: Locator, key: 'Enter' | 'Space' | 'ControlOrMeta+a') => {
  for (let presses = 0; presses < 12; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return shop.page.keyboard.press(key)
    await shop.page.keyboard.press('Tab')
  }
  throw new Error(`${target} was not reached`)
}

/** Writes over what stands in the field that has, or gets, the focus. */
const type = async (shop: Shop, field: Locator, text: string) => {
  await press(shop, field, 'ControlOrMeta+a')
  await shop.page.keyboard.type(text)
}

/** Calls `open` and keeps what it resolves with. */
const openAndKeep = (shop: Shop, options: object = {}) =>
  shop.page.evaluate((given) => {
    Object.assign(window, { outcome: null })
    const { OpenCredits } = window as unknown as { OpenCredits: { open(options: object): Promise<unknown> } }
    void OpenCredits.open(given).then((outcome) => Object.assign(window, { outcome }))
  }, options)
const outcome = (shop: Shop) => shop.page.evaluate('window.outcome')

/** A call that needs about 80 credits. */
const ask = (shop: Shop, stack: Stack) =>
  shop.page.evaluate(async (url) => {
    const { OpenCredits } = window as unknown as { OpenCredits: { fetch: typeof fetch } }
    const response = await OpenCredits.fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: 'gpt-4o', n: 64, max_tokens: 1024 },
        messages: [{ role: 'user', content: 'Hi [[sandbox: tokens=5]]' }],
      }),
    })
    return { status: response.status, body: await response.json() }
  }, stack.url)

test('what a guest bought is offered on a second device, within the limit that is set there @real-flags', async ({
  shop,
  stack,
  site,
  partner,
  browser,
}) => {
  const email = `claim-${Date.now()}@example.com`
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.stripe.getByLabel('Email').fill(email)
  await shop.fillCard(shop.stripe)
  await expect(shop.frame.getByText('kept in this browser only')).toBeVisible()
  await axe(shop, 'success of a guest')
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  const bought = await shop.waitForCall('onComplete')

  const second = await browser.newContext()
  const other = createShop(await second.newPage(), site, partner)
  await other.visit()
  await openAndKeep(other)
  await signIn(other, stack, email)
  await expect(other.frame.getByRole('heading', { name: 'May Acme Notes use your credits?' })).toBeFocused()
  await expect(other.frame.getByText('This is a limit: your credits stay in your balance.')).toBeVisible()
  await expect(other.frame.getByLabel('Limit in credits')).toHaveValue('500')
  await expect(other.frame.getByLabel('Period')).toHaveValue('month')
  await axe(other, 'consent')
  await allow(other, 'plenty')
  await expect(other.frame.getByRole('alert')).toHaveText('Enter an amount, such as 500.')
  await expect(other.frame.getByLabel('Limit in credits')).toBeFocused()
  expect(await other.calls('onLoginCompleted')).toEqual([])
  await other.frame.getByLabel('Period').selectOption('week')
  await allow(other, '700')
  await expect(other.frame.getByText(/You bought 1,000 credits in Acme Notes as a guest on/)).toBeVisible()
  await axe(other, 'claim')
  expect(await other.waitForCall('onLoginCompleted')).toMatchObject({ balance: 0 })
  await press(other, other.frame.getByRole('button', { name: 'Add' }), 'Enter')
  await expect(other.frame.getByText('Balance: 700 credits')).toBeVisible()
  await expect(other.frame.getByText(`Signed in as ${email}`)).toBeVisible()
  await other.frame.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => outcome(other)).toMatchObject({ status: 'completed', balance: 700 })
  // The page is told of a key and what it can spend, never of whom.
  expect(JSON.stringify(await other.calls())).not.toContain(email)
  expect(await balanceOf(stack, String(bought.user_key))).toMatchObject({ balance: expect.any(Number) })
  await second.close()
})

test('Save your credits: the code goes to the address of the payment, and nothing else is asked', async ({
  shop,
  stack,
}) => {
  const email = `save-${Date.now()}@example.com`
  await shop.visit()
  await shop.open()
  await shop.pickAndContinue('$10')
  await shop.stripe.getByLabel('Email').fill(email)
  await shop.fillCard(shop.stripe)
  // From here on by the keyboard alone.
  await press(shop, shop.frame.getByRole('button', { name: 'Save your credits' }), 'Enter')
  await expect(shop.frame.getByText('s•••@example.com')).toBeVisible()
  const field = shop.frame.getByLabel('Eight-digit code')
  await expect(field).toBeFocused()
  await axe(shop, 'code inline')
  await type(shop, field, '123')
  await press(shop, shop.frame.getByRole('button', { name: 'Save your credits' }), 'Enter')
  await expect(shop.frame.getByRole('alert')).toHaveText('Enter the eight digits from the email.')
  await expect(shop.frame.getByRole('button', { name: 'Use another address' })).toBeVisible()
  await type(shop, field, await stack.codeFor(email))
  await press(shop, shop.frame.getByRole('button', { name: 'Save your credits' }), 'Space')
  await expect(shop.frame.getByText(`Signed in as ${email}`)).toBeVisible()
  await expect(shop.frame.locator('.sum')).toHaveText('1,000 credits')
  const login = await shop.waitForCall('onLoginCompleted')
  expect(login).toMatchObject({ balance: 1000 })
  await shop.frame.getByRole('button', { name: 'Done' }).click()
  expect(await shop.waitForCall('onComplete')).toEqual({ ...login, credits_added: 1000 })
  expect(await balanceOf(stack, String(login.user_key))).toEqual({ balance: 1000, held: 0 })
})

test('Not now: no key, nothing connected, and open() resolves', async ({ shop, stack }) => {
  await shop.visit()
  await openAndKeep(shop)
  await signIn(shop, stack, `no-${Date.now()}@example.com`)
  // By the keyboard alone.
  await expect(shop.frame.getByRole('heading', { name: 'May Acme Notes use your credits?' })).toBeFocused()
  await press(shop, shop.frame.locator('summary'), 'Enter')
  await expect(shop.frame.getByLabel('No limit')).not.toBeChecked()
  await press(shop, shop.frame.getByRole('checkbox', { name: 'All models' }), 'Space')
  await expect(shop.frame.getByLabel('GPT-4o mini')).toBeChecked()
  await axe(shop, 'consent, unfolded')
  await shop.frame.getByRole('checkbox', { name: 'No limit' }).focus()
  await press(shop, shop.frame.getByRole('button', { name: 'Not now' }), 'Enter')
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => outcome(shop)).toMatchObject({ status: 'closed', user_key: null })
  expect(await shop.calls('onLoginCompleted')).toEqual([])
  expect(await shop.userKey()).toBeNull()
})

test('a limit that was reached is raised, and the refused call succeeds; log out ends it all @real-flags', async ({
  shop,
  stack,
}) => {
  const email = `limit-${Date.now()}@example.com`
  await shop.visit()
  await shop.open()
  await signIn(shop, stack, email)
  await type(shop, shop.frame.getByLabel('Limit in credits'), '2.5')
  await press(shop, shop.frame.getByRole('button', { name: 'Allow' }), 'Enter')
  const box = shop.frame.getByLabel('Let Acme Notes use these credits')
  await expect(box).toBeChecked()
  await axe(shop, 'amounts')
  await shop.page.setViewportSize({ width: 640, height: 400 })
  await expect(box).toBeInViewport({ ratio: 1 })
  await shop.page.setViewportSize({ width: 1280, height: 720 })
  await press(shop, box, 'Space')
  await expect(box).not.toBeChecked()
  await shop.pickAndContinue('$10')
  await shop.fillCard(shop.stripe)
  await shop.frame.getByRole('button', { name: 'Done' }).click()
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 2.5, credits_added: 1000 })
  const refused = await ask(shop, stack)
  expect(refused).toMatchObject({ status: 402, body: { error: { type: 'key_budget_exceeded' } } })

  const { type: reason, needed } = refused.body.error
  await openAndKeep(shop, { reason, needed })
  await expect(shop.frame.getByText('Acme Notes has reached your limit of 2.5 credits a month.')).toBeVisible()
  await axe(shop, 'limit')
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  await expect.poll(() => outcome(shop)).toMatchObject({ status: 'closed' })

  await openAndKeep(shop, { reason, needed })
  await expect(shop.frame.getByText('Acme Notes has reached your limit of 2.5 credits a month.')).toBeVisible()
  await press(shop, shop.frame.getByRole('button', { name: 'Raise the limit' }), 'Enter')
  // Whoever is no longer signed in here gets a new code first.
  await expect(shop.frame.getByLabel('Email')).toBeFocused()
  const code = await askForCode(shop, stack, email)
  const verified = shop.page.waitForResponse('**/v1/login/verify')
  await shop.frame.getByLabel('Eight-digit code').fill(code)
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  const { session_token: token } = await (await verified).json()
  await expect(shop.frame.getByText('You have 1,000 credits.')).toBeVisible()
  await axe(shop, 'raise')
  await type(shop, shop.frame.getByLabel('Limit in credits'), '400')
  await press(shop, shop.frame.getByRole('button', { name: 'Raise the limit' }), 'Enter')
  await expect.poll(() => outcome(shop)).toMatchObject({ status: 'completed', balance: 400, credits_added: 0 })
  expect((await ask(shop, stack)).status).toBe(200)

  const key = String(await shop.userKey())
  const session = () => call(stack, 'GET', '/v1/session', { headers: { 'x-opencredits-session': token } })
  expect((await session()).status).toBe(200)
  await shop.page.evaluate('OpenCredits.logout()')
  await shop.waitForCall('onLoggedOut')
  expect((await call(stack, 'GET', '/v1/me', { key })).status).toBe(401)
  expect((await session()).status).toBe(401)
})

test('a page with the sdk.js of before: no consent screen, a key with the default limit', async ({
  page,
  stack,
  site,
  partner,
}) => {
  const email = `first-${Date.now()}@example.com`
  const { userKey } = await buyCredits(stack, partner, 10)
  const address = `${stack.url}/checkout?pk=${partner.publishable_key}&origin=${encodeURIComponent(site.origin)}`
  // The messages of version 1, by hand.
  const script = `window.heard = []
    addEventListener('message', (event) => {
      const frame = document.querySelector('iframe')
      if (event.source !== frame.contentWindow || event.data.opencredits !== 1 || event.data.type !== 'ready') return
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }) => heard.push(data)
      frame.contentWindow.postMessage({ opencredits: 1, type: 'connect' }, '${stack.url}', [port2])
      port1.postMessage({ type: 'open', currency: 'usd', mode: 'embedded', amount: null, userKey: '${userKey}', locale: null, theme: 'auto', email: null, canOpenTab: true })
    })`
  const html = `<!doctype html><title>Version 1</title><script>${script}</script><dialog open><iframe src="${address}" width="420" height="640"></iframe></dialog>`
  await page.goto(site.address({ init: {}, html }))
  const shop = createShop(page, site, partner)
  await expect(shop.frame.getByText('Balance: 1,000 credits')).toBeVisible()
  await signIn(shop, stack, email)
  await expect(shop.frame.getByText(`Signed in as ${email}`)).toBeVisible()
  const heard = (await page.evaluate('window.heard')) as { type: string; userKey?: string; balance?: number }[]
  const login = heard.find(({ type }) => type === 'login_completed')
  expect(login).toMatchObject({ userKey: expect.stringMatching(/^oc_sk_/) })
  expect(await balanceOf(stack, String(login?.userKey))).toMatchObject({ balance: login?.balance })
  expect(login?.userKey).not.toBe(userKey)
})
