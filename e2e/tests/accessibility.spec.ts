import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures.ts'

test('axe finds nothing on any screen, light and dark @phone', async ({ shop, stack }) => {
  const check = async (screen: string) => {
    const results = await new AxeBuilder({ page: shop.page })
      .exclude(['dialog iframe', 'iframe[title="Secure payment"]'])
      .analyze()
    expect(results.violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  for (const theme of ['light', 'dark']) {
    await shop.visit({ theme })
    await shop.open()
    await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
    await check('amount')
    await shop.frame.getByRole('radio', { name: /Other amount/ }).check()
    await shop.frame.getByRole('button', { name: /Continue to pay/ }).click()
    await check('wrong amount')
    await shop.frame.getByRole('button', { name: 'Sign in' }).click()
    await check('email')
    const email = `axe-${theme}-${Date.now()}@example.com`
    await shop.frame.getByLabel('Email').fill(email)
    await shop.frame.getByRole('button', { name: 'Send code' }).click()
    await stack.codeFor(email)
    await expect(shop.frame.getByLabel('Six-digit code')).toBeVisible()
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

test('the keyboard is enough: focus goes in, stays in, Escape leaves, focus comes back', async ({ shop }) => {
  const { page, frame } = shop
  await shop.visit()
  await page.getByRole('button', { name: 'Buy credits' }).focus()
  await page.keyboard.press('Enter')
  await expect(frame.getByRole('heading', { name: 'Add credits' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(frame.getByRole('radio', { name: /^\$10\b/ })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(frame.getByRole('radio', { name: /^\$25\b/ })).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(frame.getByRole('button', { name: 'Continue to pay $25' })).toBeFocused()
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
  await shop.frame.getByRole('button', { name: 'Close' }).click()
  await shop.frame.getByRole('button', { name: 'Close anyway' }).click()
  await expect(shop.page.locator('dialog')).toBeHidden()
})

test('320 pixels are wide enough', async ({ shop }) => {
  await shop.page.setViewportSize({ width: 320, height: 640 })
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  expect(await shop.frame.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(320)
  const box = await shop.page.locator('dialog').boundingBox()
  expect(box).toMatchObject({ x: 0, y: 0, width: 320, height: 640 })
})
