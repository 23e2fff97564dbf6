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

test('the corners of the sheet are painted behind Stripe’s form', async ({ shop }) => {
  const { page } = shop
  await page.setViewportSize({ width: 390, height: 844 })
  await shop.visit({ theme: 'dark' })
  await shop.open()
  await shop.pickAndContinue('$10')
  await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
  const box = await page.locator('dialog').boundingBox()
  const picture = (await page.screenshot()).toString('base64')
  const reader = await page.context().newPage()
  const opacities = await reader.evaluate(
    async ({ url, top }) => {
      const bitmap = await createImageBitmap(await (await fetch(url)).blob())
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
      context?.drawImage(bitmap, 0, 0)
      return [1, bitmap.width - 2].map((left) => context?.getImageData(left, top, 1, 1).data[3])
    },
    { url: `data:image/png;base64,${picture}`, top: Math.round(box?.y ?? 0) + 1 },
  )
  expect(opacities).toEqual([255, 255])
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
