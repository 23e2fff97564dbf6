import { createShop, expect, test } from '../fixtures.ts'
import { pictureRules as close, usePicturedFont } from '../pictured-font.ts'

/**
 * What people see of the checkout, compared with pictures of it. `--update-snapshots` draws them anew, after they have
 * been looked at.
 */

test.use({ viewport: { width: 1280, height: 800 } })

test.beforeEach(({ page }) => usePicturedFont(page))

test('the amounts, the payment and the success', async ({ shop }) => {
  const dialog = shop.page.locator('dialog')
  for (const theme of ['light', 'dark']) {
    await shop.visit({ theme })
    await shop.open({ reason: 'insufficient_credits', needed: 43 })
    await expect(shop.frame.getByText(/^Enough for about/)).toBeVisible()
    await expect(dialog).toHaveScreenshot(`amount-${theme}.png`, close)
    await shop.pickAndContinue('$10')
    await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
    await expect(dialog).toHaveScreenshot(`payment-${theme}.png`, close)
  }
  await shop.fillCard(shop.stripe)
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
  await expect(shop.frame.getByText('1,000').first()).toBeVisible()
  await expect(dialog).toHaveScreenshot('success-dark.png', close)
})

test('a phone, another direction, and signing in', async ({ shop }) => {
  await shop.page.setViewportSize({ width: 390, height: 844 })
  await shop.visit({ theme: 'light', locale: 'ar-XB' })
  await shop.open()
  await expect(shop.frame.locator('.tiles')).toBeVisible()
  await expect(shop.frame.locator('.estimate')).not.toBeEmpty()
  await expect(shop.page).toHaveScreenshot('amount-mirrored-phone.png', { ...close, clip: await shop.shownBox() })
  await shop.visit({ theme: 'light' })
  await shop.open()
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await expect(shop.frame.getByLabel('Email')).toBeFocused()
  await expect(shop.page).toHaveScreenshot('sign-in-phone.png', { ...close, clip: await shop.shownBox() })
})

test('an app that may not sell here', async ({ page, site, stack }) => {
  const partner = stack.createPartner({ name: 'Elsewhere', origins: ['https://elsewhere.example'] })
  const shop = createShop(page, site, partner)
  await shop.visit({ theme: 'light' })
  await shop.open()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await expect(page.locator('dialog')).toHaveScreenshot('problem.png', {
    ...close,
    // It names the app and the page.
    mask: [page.locator('pre')],
  })
})
