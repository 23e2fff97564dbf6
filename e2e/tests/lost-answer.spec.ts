import { expect, test } from '../fixtures.ts'
import { direct } from '../process/api-client.ts'

const path = '/v1/checkout/sessions'
const sessions = `**${path}`

test('an answer that is lost is a network error; the next try sells once', async ({ shop, page, stack }) => {
  let lost = 0
  await page.route(sessions, async (route) => {
    if (lost > 0) return route.continue()
    lost += 1
    expect((await route.fetch({ url: direct(stack) + path })).status()).toBe(200)
    await route.abort()
  })
  await shop.visit()
  await shop.open({ amount: 10 })
  expect(await shop.waitForCall('onPurchaseError')).toMatchObject({ code: 'network_error' })
  await shop.frame.getByRole('button', { name: 'Try again' }).click()
  await shop.pickAndContinue('$10')
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000, credits_added: 1000 })
  expect((await shop.calls('onPurchaseCompleted')).length).toBe(1)
})

test('a key of an earlier try that cannot be answered any more is replaced, and the user sees nothing of it', async ({
  shop,
  page,
  stack,
}) => {
  const keys: (string | undefined)[] = []
  await page.route(sessions, async (route) => {
    const request = route.request()
    keys.push(request.headers()['idempotency-key'])
    // The server has bound the key already, as it has when it comes back too late.
    const postData = { ...request.postDataJSON(), amount: 11 }
    if (keys.length === 1) expect((await route.fetch({ url: direct(stack) + path, postData })).status()).toBe(200)
    await route.continue()
  })
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  expect(await shop.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1000 })
  expect(new Set(keys).size).toBe(2)
  expect(await shop.calls('onPurchaseError')).toEqual([])
})

test('a suspended app sells nothing, says why, and its user can still sign in', async ({ shop, stack, partner }) => {
  stack.cli('partner', 'update', partner.id, '--active', 'no')
  await shop.visit()
  await shop.open()
  await shop.pickAndContinue('$10')
  await expect(shop.frame.getByRole('alert')).toContainText('This app is suspended.')
  expect(await shop.waitForCall('onPurchaseError')).toMatchObject({ code: 'app_suspended' })
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await shop.frame.getByLabel('Email').fill('owner@example.com')
  await shop.frame.getByRole('button', { name: /Send|Continue/ }).click()
  expect(await stack.codeFor('owner@example.com')).toMatch(/^\d{8}$/)
})
