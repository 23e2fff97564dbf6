import { signInAtAccount } from '../account-page.ts'
import { expect, test } from '../fixtures.ts'

test('a page says that it is offline, comes back by itself, and asks to sign in again where the session is over', async ({
  page,
  stack,
  context,
}) => {
  await signInAtAccount(page, stack, 'offline@example.com')
  await context.setOffline(true)
  await page.getByRole('link', { name: 'Purchases' }).click()
  await expect(page.getByText('You seem to be offline.')).toBeVisible()
  await context.setOffline(false)
  await expect(page.getByText('You have not bought anything yet.')).toBeVisible()

  await page.route('**/v1/account/apps', (route) => route.fulfill({ status: 500, body: 'oops' }))
  await page.getByRole('link', { name: 'Apps', exact: true }).click()
  await expect(page.getByText('This could not be loaded.')).toBeVisible()
  await page.unroute('**/v1/account/apps')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('No app is connected.')).toBeVisible()

  await context.clearCookies()
  await page.getByRole('link', { name: 'Usage' }).click()
  await expect(page.getByText('You were signed out.')).toBeVisible()
  await expect(page).toHaveURL(/\/account\/usage$/)
})
