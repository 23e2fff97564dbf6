import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'

async function checkAxe(page: Page, screen: string): Promise<void> {
  const results = await new AxeBuilder({ page }).exclude(['dialog iframe']).analyze()
  expect(results.violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('in test mode one buys on the built-in page and signs in with the known code', async ({
  shop,
  stack,
  partner,
}) => {
  const { page, frame } = shop
  const mails = stack.mails().length
  await shop.visit({ publishableKey: partner.test_publishable_key, theme: 'light' })
  await shop.open()
  const banner = frame.getByText('Test mode: no real money.')
  await expect(banner).toBeVisible()
  const top = async () => (await frame.getByRole('banner').boundingBox())?.y
  const before = await top()
  await expect(frame.getByText('Secured by Stripe')).toBeHidden()
  await shop.pickAndContinue('$10')

  await expect(frame.getByRole('heading', { name: 'Test payment' })).toBeVisible()
  await checkAxe(page, 'payment')
  await frame.getByRole('radio', { name: 'Is declined' }).check()
  await frame.getByLabel('Decline code').selectOption('expired_card')
  await frame.getByRole('button', { name: 'Pay $10 in test mode' }).click()
  await expect(frame.getByRole('alert')).toHaveText('The card has expired.')
  expect(await shop.waitForCall('onError')).toMatchObject({ code: 'payment_failed' })
  await checkAxe(page, 'declined')
  await frame.getByRole('radio', { name: 'Succeeds Paid at once' }).check()
  await frame.getByLabel(/^Email for the receipt/).fill('buyer@example.com')
  await frame.getByRole('button', { name: 'Pay $10 in test mode' }).click()

  await expect(frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({
    balance: 1000,
    user_key: expect.stringMatching(/^oc_sk_test_/),
  })
  await frame.getByRole('button', { name: 'Save your credits' }).click()
  await expect(frame.getByText('No email is sent in test mode. The code is 42424242.')).toBeVisible()
  await checkAxe(page, 'code')
  await frame.getByLabel('Eight-digit code').fill('4242 4242')
  await frame.getByRole('button', { name: 'Save your credits' }).click()
  await expect(frame.getByText('Signed in as buyer@example.com')).toBeVisible()
  expect([await top(), await banner.isVisible(), stack.mails().length]).toEqual([before, true, mails])
  await frame.getByRole('button', { name: 'Done' }).click()
})

test('in a tab of its own the built-in page pays, and goes back without paying', async ({ shop, partner, context }) => {
  await shop.visit({ publishableKey: partner.test_publishable_key, checkoutMode: 'new_tab' })
  await shop.open()
  const openTab = async () => {
    const opening = context.waitForEvent('page')
    await shop.pickAndContinue('$10')
    return opening
  }
  const cancelled = await openTab()
  await expect(cancelled.getByText('Test mode: no real money.')).toBeVisible()
  await checkAxe(cancelled, 'tab')
  await cancelled.getByRole('link', { name: 'Go back without paying' }).click()
  await expect(shop.frame.getByText('The payment was cancelled.')).toBeVisible()
  const paid = await openTab()
  await paid.getByRole('radio', { name: 'Succeeds later' }).check()
  await paid.getByRole('button', { name: 'Pay $10 in test mode' }).click()
  await expect(shop.frame.getByRole('heading', { name: 'Your payment is on its way' })).toBeVisible()
  expect(await shop.calls('onPurchaseCompleted')).toEqual([])
})
