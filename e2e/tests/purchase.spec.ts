import { cards, expect, test } from '../fixtures.ts'
import { balanceOf } from '../process/api-client.ts'

test('embedded: pick, pay, see the credits, go on @phone @real-flags', async ({ shop, stack }) => {
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await expect(shop.frame.getByText(/^Enough for about [\d,]+ requests to /)).toBeVisible()
  await shop.pickAndContinue('$10')
  await shop.fillCard(shop.stripe)
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
  const purchase = await shop.waitForCall('onPurchaseCompleted')
  expect(purchase).toMatchObject({ balance: 1000, credits_added: 1000, user_key: expect.stringMatching(/^oc_sk_/) })
  expect(await shop.waitForCall('onCheckoutOpened')).toMatchObject({
    session_id: expect.stringMatching(/^cs_/),
    user_key: purchase.user_key,
  })
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  expect(await shop.waitForCall('onComplete')).toEqual(purchase)
  await expect(shop.page.locator('dialog')).toBeHidden()
  await expect(shop.page.getByRole('button', { name: 'Buy credits' })).toBeFocused()
  expect(await shop.userKey()).toBe(purchase.user_key)
  expect(await shop.page.evaluate('OpenCredits.getBalance()')).toBe(1000)
  expect(await balanceOf(stack, String(purchase.user_key))).toEqual({ balance: 1000, held: 0 })
  expect((await shop.calls('onPurchaseCompleted')).length).toBe(1)
})

test('embedded with a preset amount goes straight to the payment', async ({ shop }) => {
  await shop.visit()
  await shop.open({ amount: 7.5 })
  await expect(shop.stripe.getByRole('heading', { name: '$7.50' })).toBeVisible()
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ credits_added: 750 })
})

test('another amount is checked before anything is asked of the server', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  const field = shop.frame.getByLabel('Other amount in USD')
  await field.click()
  for (const [typed, problem] of [
    ['', 'Enter an amount, such as 25.'],
    ['abc', 'Enter an amount, such as 25.'],
    ['0.5', 'Enter an amount from $1 to $1,000.'],
    ['10.001', 'Enter at most 2 decimals.'],
  ] as const) {
    await field.fill(typed)
    await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
    await expect(shop.frame.getByRole('alert')).toHaveText(problem)
  }
  await field.fill('12.34')
  await expect(shop.frame.getByText('1,234 credits')).toBeVisible()
  await expect(shop.frame.getByText('Total $12.34')).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
  await expect(shop.stripe.getByRole('heading', { name: '$12.34' })).toBeVisible()
})

test('euros buy at their own rate', async ({ shop }) => {
  await shop.visit({ currency: 'eur' })
  await shop.open()
  await shop.pickAndContinue('€10')
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ credits_added: 1080 })
})

test('a declined card can be tried again with another', async ({ shop }) => {
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe, cards.declined)
  await expect(shop.stripe.getByRole('alert')).toHaveText('Your card was declined.')
  expect(await shop.waitForCall('onPurchaseError')).toMatchObject({ code: 'payment_failed' })
  expect(await shop.calls('onPurchaseCompleted')).toEqual([])
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000 })
})

test('3-D Secure: failing it sells nothing, completing it does', async ({ shop }) => {
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe, cards.secure)
  await shop.stripe.getByRole('button', { name: 'Fail' }).click()
  await expect(shop.stripe.getByRole('alert')).toContainText('unable to authenticate')
  expect(await shop.calls('onPurchaseCompleted')).toEqual([])
  await shop.fillCard(shop.stripe, cards.secure)
  await shop.stripe.getByRole('button', { name: 'Complete' }).click()
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000 })
})

test('a delayed payment is told when it arrives, though the dialog is closed', async ({ shop, stack }) => {
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe, cards.delayed)
  await expect(shop.frame.getByRole('heading', { name: 'Your payment is on its way' })).toBeVisible()
  await shop.frame.getByRole('main').getByRole('button', { name: 'Close' }).click()
  await expect(shop.page.locator('dialog')).toBeHidden()
  const { session_id: sessionId } = await shop.waitForCall('onCheckoutOpened')
  await stack.sandbox.stripe.control.settleDelayed(String(sessionId), 'succeeded')
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000, credits_added: 1000 })
  expect((await shop.calls('onPurchaseCompleted')).length).toBe(1)
})

test('new_tab: the payment runs in its own tab, the dialog waits and notices @real-flags', async ({
  shop,
  context,
}) => {
  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  const opening = context.waitForEvent('page')
  await shop.pickAndContinue('$25')
  const tab = await opening
  await expect(shop.frame.getByRole('heading', { name: 'Waiting for your payment' })).toBeVisible()
  await shop.fillCard(tab)
  await expect(tab.getByRole('heading', { name: 'Payment received' })).toBeVisible()
  await expect(tab.getByText('2,500 credits were added to Acme Notes.')).toBeVisible()
  await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
  await expect.poll(() => tab.isClosed()).toBe(true)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 2500 })
})

test('new_tab: cancelling at Stripe is told to the dialog, and leaves a way back', async ({ shop, context }) => {
  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  const opening = context.waitForEvent('page')
  await shop.pickAndContinue('$25')
  const tab = await opening
  await tab.getByRole('link', { name: 'Cancel' }).click()
  await expect(tab.getByRole('heading', { name: 'Payment cancelled' })).toBeVisible()
  await expect(tab.getByText('Acme Notes').first()).toBeVisible()
  // The dialog is told, says so, and has kept what was chosen.
  await expect(shop.frame.getByText('The payment was cancelled. Nothing was charged.')).toBeVisible()
  await expect(shop.frame.getByRole('radio', { name: /^25 dollars/ })).toBeChecked()
  await expect.poll(() => tab.isClosed()).toBe(true)
  expect(await shop.calls('onPurchaseCompleted')).toEqual([])
  expect(await shop.calls('onError')).toEqual([])
  const again = context.waitForEvent('page')
  await shop.pickAndContinue('$25')
  await shop.fillCard(await again)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 2500 })
})

test('manual: no window; the address is handed over and the purchase is told all the same, after a reload too', async ({
  shop,
  context,
}) => {
  await shop.visit({ checkoutMode: 'manual' })
  await shop.open({ amount: 10 })
  const opened = await shop.waitForCall('onCheckoutOpened')
  expect(opened).toMatchObject({ session_id: expect.any(String), checkout_url: expect.stringMatching(/^http/) })
  expect(await shop.page.locator('dialog').count()).toBe(0)
  await shop.page.reload()
  const tab = await context.newPage()
  await tab.goto(String(opened.checkout_url))
  await shop.fillCard(tab)
  await expect(tab.getByRole('heading', { name: 'Payment received' })).toBeVisible()
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ user_key: opened.user_key, balance: 1000 })
})

test('a second purchase tops the same wallet up', async ({ shop }) => {
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  const key = await shop.userKey()
  await shop.open()
  await expect(shop.frame.getByText('Balance: 1,000 credits')).toBeVisible()
  await shop.pickAndContinue('$5')
  await shop.fillCard(shop.stripe)
  await expect(shop.frame.getByText('You have 1,500 credits.')).toBeVisible()
  expect(await shop.userKey()).toBe(key)
  expect((await shop.calls('onPurchaseCompleted')).length).toBe(2)
})
