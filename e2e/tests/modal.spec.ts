import { cards, expect, test } from '../fixtures.ts'
import { buyCredits } from '../process/api-client.ts'
import { allow, askForCode, signIn } from '../sign-in.ts'

/** What the checkout says, and what it keeps. */

test('amounts are typed as people write them', async ({ shop }) => {
  await shop.visit({ locale: 'de-DE', currency: 'eur' })
  await shop.open()
  const field = shop.frame.getByLabel('Anderer Betrag in EUR')
  await field.click()
  for (const [typed, credits] of [
    ['500', '54.000 Credits'],
    ['925,50', '99.954 Credits'],
    ['€ 20', '2.160 Credits'],
    ['١٢٫٥', '1.350 Credits'],
  ] as const) {
    await field.fill(typed)
    await expect(shop.frame.getByText(credits)).toBeVisible()
  }
  await field.fill('1.000,50')
  await field.blur()
  await expect(shop.frame.getByRole('alert')).toContainText('Geben Sie einen Betrag zwischen')
})

test('what was chosen and typed is still there on the way back, and so is the session', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  const field = shop.frame.getByLabel('Other amount in USD')
  await field.fill('12.50')
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await shop.frame.getByLabel('Email').fill('half@typed')
  await shop.frame.getByRole('button', { name: 'Back' }).click()
  await expect(field).toHaveValue('12.50')
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await expect(shop.frame.getByLabel('Email')).toHaveValue('half@typed')
  await shop.frame.getByRole('button', { name: 'Back' }).click()
  let opened = 0
  shop.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/v1/checkout/sessions')) opened += 1
  })
  await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
  await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Back' }).click()
  await expect(field).toHaveValue('12.50')
  await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
  await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
  expect(opened).toBe(1)
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1250 })
  expect((await shop.calls('onCheckoutOpened')).length).toBe(1)
})

test('open() says why, offers what is enough, and resolves so that the question can be asked again', async ({
  shop,
}) => {
  await shop.visit()
  await shop.page.evaluate(() => {
    const { OpenCredits } = window as unknown as { OpenCredits: { open(options: object): Promise<unknown> } }
    void OpenCredits.open({ reason: 'insufficient_credits', needed: 1342.5 }).then((outcome) =>
      Object.assign(window, { outcome }),
    )
  })
  await expect(shop.frame.getByText('The next request needs about 1,343 credits.')).toBeVisible()
  await expect(shop.frame.getByRole('radio', { name: '25 dollars, 2,500 credits' })).toBeChecked()
  await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
  await shop.fillCard(shop.stripe)
  await shop.waitForCall('onPurchaseCompleted')
  expect(await shop.page.evaluate('window.outcome')).toBeUndefined()
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  await expect
    .poll(() => shop.page.evaluate('window.outcome'))
    .toEqual({ status: 'completed', user_key: await shop.userKey(), balance: 2500, credits_added: 2500 })
})

test('open() resolves also for who buys nothing, and for who only signs in', async ({ shop, stack }) => {
  await shop.visit()
  const openAndKeep = () =>
    shop.page.evaluate(() => {
      Object.assign(window, { outcome: null })
      const { OpenCredits } = window as unknown as { OpenCredits: { open(): Promise<unknown> } }
      void OpenCredits.open().then((outcome) => Object.assign(window, { outcome }))
    })
  await openAndKeep()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Close' }).click()
  const closed = { status: 'closed', user_key: null, balance: null, credits_added: 0 }
  await expect.poll(() => shop.page.evaluate('window.outcome')).toEqual(closed)
  await openAndKeep()
  const email = `open-${Date.now()}@example.com`
  await signIn(shop, stack, email)
  await allow(shop)
  await expect(shop.frame.getByText(`Signed in as ${email}`)).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Close' }).click()
  await expect
    .poll(() => shop.page.evaluate('window.outcome'))
    .toMatchObject({ status: 'signed_in', balance: 0, user_key: expect.stringMatching(/^oc_sk_/) })
})

test('another address than that of the payment leads back to the success screen, and dismissing it completes', async ({
  shop,
  stack,
}) => {
  const email = `keep-${Date.now()}@example.com`
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  // This payment has no address.
  await shop.frame.getByRole('button', { name: 'Save your credits' }).click()
  await shop.frame.getByRole('button', { name: 'Back' }).click()
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Save your credits' }).click()
  await shop.frame.getByLabel('Eight-digit code').fill(await askForCode(shop, stack, email))
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
  await expect(shop.frame.getByText('kept in this browser only')).toHaveCount(0)
  expect(await shop.calls('onComplete')).toEqual([])
  await shop.frame.getByRole('button', { name: 'Done' }).click()
  const { user_key: key } = await shop.waitForCall('onLoginCompleted')
  expect(await shop.waitForCall('onComplete')).toEqual({ user_key: key, balance: 1000, credits_added: 1000 })
})

test('the balance counts up to what it is now', async ({ shop, stack, partner }) => {
  const { userKey } = await buyCredits(stack, partner, 10)
  await shop.page.emulateMedia({ reducedMotion: 'no-preference' })
  await shop.visit(
    {},
    { script: `localStorage.setItem('opencredits:${partner.publishable_key}', JSON.stringify({ key: '${userKey}' }))` },
  )
  await shop.open({ amount: 25 })
  await expect(shop.frame.getByText('Balance: 1,000 credits')).toBeVisible()
  await shop.fillCard(shop.stripe)
  const sum = shop.frame.locator('.sum strong')
  await expect(sum).toBeVisible()
  expect(Number(((await sum.textContent()) ?? '').replace(',', ''))).toBeLessThan(3500)
  await expect(sum).toHaveText('3,500')
  await expect(
    shop.frame.getByRole('status').filter({ hasText: '2,500 credits were added. You have 3,500' }),
  ).toHaveCount(1)
})

test('errors are told in people’s words, and nothing is lost by them', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  const answers = [
    [
      400,
      { type: 'invalid_request', param: 'amount', message: 'amount: expected a multiple of $0.10' },
      /cannot be charged/,
    ],
    [
      429,
      { type: 'rate_limited', param: null, message: 'Too many calls; retry-after 61' },
      /too often\. Try again in 2 minutes/,
    ],
    [
      503,
      { type: 'payments_unavailable', param: null, message: 'upstream 503 at Stripe' },
      /not available at the moment/,
    ],
    [500, { type: 'internal_error', param: null, message: 'secret stack' }, /on our side\. Nothing was charged/],
  ] as const
  const pay = shop.frame.getByRole('button', { name: 'Continue to payment' })
  await shop.frame.getByRole('radio', { name: /^50 / }).check()
  for (const [status, error, words] of answers) {
    await shop.page.route('**/v1/checkout/sessions', (route) =>
      route.fulfill({ status, json: { error }, headers: { 'retry-after': '61' } }),
    )
    await pay.click()
    await expect(shop.frame.getByRole('alert')).toHaveText(words)
    await expect(shop.frame.getByText(error.message)).toHaveCount(0)
    await shop.page.unrouteAll()
  }
  await shop.page.route('**/v1/checkout/sessions', (route) => route.abort())
  await pay.click()
  await expect(shop.frame.getByRole('alert')).toHaveText('The connection was lost. Check it and try again.')
  await shop.page.unrouteAll()
  await pay.click()
  await expect(shop.stripe.getByRole('heading', { name: '$50.00' })).toBeVisible()
})

test('a payment form that does not load can be tried again, with the same amount', async ({ shop }) => {
  await shop.page.route('**/v1/stripe.js', (route) => route.abort())
  await shop.visit()
  await shop.open()
  await shop.pickAndContinue('$25')
  await expect(shop.frame.getByRole('alert')).toContainText('payment form could not be loaded')
  expect(await shop.waitForCall('onPurchaseError')).toMatchObject({ code: 'checkout_failed' })
  await shop.page.unrouteAll()
  await shop.frame.getByRole('button', { name: 'Try again' }).click()
  await expect(shop.frame.getByRole('radio', { name: /^25 / })).toBeChecked()
  await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 2500 })
})

test('a logo that does not load is replaced by the app’s first letter', async ({ shop, stack, partner }) => {
  stack.cli('partner', 'update', partner.id, '--logo-url', 'https://logo.invalid/none.png')
  await shop.page.waitForTimeout(1_600)
  await shop.visit()
  await shop.open()
  await expect(shop.frame.locator('.letter')).toHaveText('A')
  await expect(shop.frame.locator('img')).toHaveCount(0)
})

test('the app’s colour and the theme reach the checkout and Stripe’s form', async ({ shop, stack, partner }) => {
  stack.cli('partner', 'update', partner.id, '--accent-color', '#ffd54a')
  await shop.page.waitForTimeout(1_600)
  await shop.visit({ theme: 'dark' })
  await shop.open()
  const backgroundOf = (locator: ReturnType<typeof shop.frame.locator>) =>
    locator.evaluate((element) => getComputedStyle(element).backgroundColor)
  const button = shop.frame.getByRole('button', { name: 'Continue to payment' })
  expect(await backgroundOf(button)).toBe('rgb(255, 213, 74)')
  expect(await button.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(0, 0, 0)')
  const paper = await backgroundOf(shop.frame.locator('body'))
  await shop.pickAndContinue('$10')
  const pay = shop.stripe.getByRole('button', { name: 'Pay' })
  await expect(pay).toBeVisible()
  expect([await backgroundOf(shop.stripe.locator('body')), await backgroundOf(pay)]).toEqual([
    paper,
    'rgb(255, 213, 74)',
  ])
})

test('the estimate is for the model that the app names, and says what it assumes', async ({ shop, stack, partner }) => {
  stack.cli('partner', 'update', partner.id, '--default-model', 'gpt-4o-mini')
  await shop.page.waitForTimeout(1_600)
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByText(/^Enough for about [\d,]+ requests to GPT-4o mini\./)).toBeVisible()
  await expect(
    shop.frame.getByText(
      /A request that reads 1,900 words and writes 1,900 words costs about 0\.\d+ credits \(less than \$0\.01\)\./,
    ),
  ).toBeVisible()
})

test('until the server has added the credits, it is said that they are on their way', async ({ shop }) => {
  await shop.visit()
  let isHeld = true
  await shop.page.route('**/v1/checkout/sessions/*', (route) =>
    isHeld ? route.fulfill({ json: { status: 'open' } }) : route.continue(),
  )
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  await expect(shop.frame.getByRole('heading', { name: 'Paid. Adding your credits…' })).toBeVisible()
  expect(await shop.calls('onPurchaseCompleted')).toEqual([])
  isHeld = false
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
})

test('new_tab: a delayed payment that fails is never announced as received', async ({ shop, stack, context }) => {
  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  const opening = context.waitForEvent('page')
  await shop.pickAndContinue('$10')
  const tab = await opening
  await shop.fillCard(tab, cards.delayed)
  await expect(tab.getByRole('heading', { name: 'Your payment is on its way' })).toBeVisible()
  const { session_id: sessionId } = await shop.waitForCall('onCheckoutOpened')
  await stack.sandbox.stripe.control.settleDelayed(String(sessionId), 'failed')
  await expect(tab.getByRole('heading', { name: 'The payment did not go through' })).toBeVisible()
  await expect(tab.getByText('received')).toHaveCount(0)
  await expect(shop.frame.getByRole('alert')).toContainText('did not go through')
  expect(await shop.calls('onPurchaseCompleted')).toEqual([])
})

test('the pages that Stripe returns to know nothing about a payment that is not theirs', async ({ page, stack }) => {
  for (const path of ['return', 'cancelled']) {
    await page.goto(`${stack.url}/checkout/${path}?purchase=pur_nobody`)
    await expect(page.getByRole('heading', { name: 'This payment is not known here' })).toBeVisible()
  }
})
