import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures.ts'

test('axe finds nothing on any screen, light, dark and in forced colours @phone', async ({ shop, stack }) => {
  // Every screen is looked at three times.
  test.slow()
  const check = async (screen: string) => {
    const results = await new AxeBuilder({ page: shop.page })
      .exclude(['dialog iframe', 'iframe[title="Secure payment"]'])
      .analyze()
    expect(results.violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  for (const theme of ['light', 'dark', 'forced']) {
    await shop.page.emulateMedia({ forcedColors: theme === 'forced' ? 'active' : 'none', reducedMotion: 'reduce' })
    await shop.visit({ theme: theme === 'forced' ? 'auto' : theme })
    await shop.open({ reason: 'insufficient_credits', needed: 43 })
    await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
    await check('amount')
    await shop.frame.getByLabel('Other amount in USD').fill('abc')
    await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
    await check('wrong amount')
    await shop.frame.getByRole('button', { name: 'Sign in' }).click()
    await check('email')
    const email = `axe-${theme}-${Date.now()}@example.com`
    await shop.frame.getByLabel('Email').fill(email)
    await shop.frame.getByRole('button', { name: 'Send code' }).click()
    await stack.codeFor(email)
    await expect(shop.frame.getByLabel('Eight-digit code')).toBeVisible()
    await check('code')
    await shop.frame.getByRole('button', { name: 'Back' }).click()
    await shop.frame.getByRole('button', { name: 'Back' }).click()
    await shop.pickAndContinue('$10')
    await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
    await check('payment')
    await shop.fillCard(shop.stripe)
    await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
    await check('success')
  }
})

test('axe finds nothing while one waits, cancels, fails, confirms, or comes back from Stripe', async ({
  shop,
  context,
}) => {
  const check = async (screen: string, page = shop.page) => {
    const results = await new AxeBuilder({ page })
      .exclude(['dialog iframe', 'iframe[title="Secure payment"]'])
      .analyze()
    expect(results.violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  await shop.visit({ theme: 'dark' })
  await shop.page.route('**/v1/checkout/sessions/*', (route) => route.fulfill({ json: { status: 'open' } }))
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  await expect(shop.frame.getByRole('heading', { name: 'Paid. Adding your credits…' })).toBeVisible()
  await check('confirming')
  await shop.page.unrouteAll()
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()

  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  const opening = context.waitForEvent('page')
  await shop.pickAndContinue('$10')
  const tab = await opening
  await expect(shop.frame.getByRole('heading', { name: 'Waiting for your payment' })).toBeVisible()
  await check('waiting')
  await shop.frame.getByRole('button', { name: 'Close', exact: true }).click()
  await check('question')
  await shop.frame.getByRole('button', { name: 'Keep paying' }).click()
  await tab.getByRole('link', { name: 'Cancel' }).click()
  await expect(tab.getByRole('heading', { name: 'Payment cancelled' })).toBeVisible()
  await tab.evaluate('window.close = () => {}')
  await check('cancelled page', tab)
  await expect(shop.frame.getByText('The payment was cancelled.')).toBeVisible()
  await check('cancelled')

  await shop.visit()
  await shop.page.route('**/v1/checkout/sessions', (route) => route.abort())
  await shop.open({ amount: 10 })
  await expect(shop.frame.getByRole('heading', { name: 'That did not work' })).toBeVisible()
  await check('failure')
})

test('the keyboard is enough: focus goes in, stays in, Escape leaves, focus comes back', async ({ shop }) => {
  const { page, frame } = shop
  await shop.visit()
  await page.getByRole('button', { name: 'Buy credits' }).focus()
  await page.keyboard.press('Enter')
  await expect(frame.getByRole('heading', { name: 'Add credits' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(frame.getByRole('radio', { name: '10 dollars, 1,000 credits' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(frame.getByRole('radio', { name: '25 dollars, 2,500 credits' })).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(frame.getByRole('textbox', { name: 'Other amount in USD' })).toBeFocused()
  // Passing it changes nothing; typing does.
  await expect(frame.getByRole('radio', { name: /^25 / })).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(frame.getByRole('button', { name: 'Sign in' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(frame.getByRole('button', { name: 'Continue to payment' })).toBeFocused()
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('buy')
  }
  await frame.getByRole('heading', { name: 'Add credits' }).focus()
  await page.keyboard.press('Escape')
  await expect(page.locator('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Buy credits' })).toBeFocused()
})

test('the page behind does not scroll while the dialog is open, and does again afterwards', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  expect(await shop.page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe('hidden')
  await shop.page.evaluate('OpenCredits.close()')
  await expect(shop.page.locator('dialog')).toBeHidden()
  expect(await shop.page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe('visible')
})

test('closing while a payment is under way asks first, Escape after Escape', async ({ shop, context }) => {
  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  const opening = context.waitForEvent('page')
  await shop.pickAndContinue('$10')
  await opening
  await shop.page.bringToFront()
  await expect(shop.frame.getByRole('heading', { name: 'Waiting for your payment' })).toBeVisible()
  await shop.page.evaluate('OpenCredits.close()')
  const question = shop.frame.getByRole('alertdialog', { name: 'A payment is under way' })
  await expect(question).toBeVisible()
  await expect(shop.frame.getByRole('button', { name: 'Keep paying' })).toBeFocused()
  await shop.frame.getByRole('button', { name: 'Keep paying' }).click()
  await expect(question).toBeHidden()
  await shop.frame.getByRole('button', { name: 'Close', exact: true }).click()
  await shop.frame.getByRole('button', { name: 'Close anyway' }).click()
  await expect(shop.page.locator('dialog')).toBeHidden()
})
