import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { lookAt } from '../look-at-page.ts'
import { buyCredits, call, until } from '../process/api-client.ts'
import { startWebhookReceiver } from '../process/webhook-receiver.ts'
import { signInWithCode } from '../sign-in-with-code.ts'
import type { Stack } from '../stack.ts'

/** The address with which every app of the tests is made: its owner. */
const owner = 'partner@example.com'
const ask = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Why is the sky blue?' }] }

async function signInAtConsole(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.url}/partner`)
  await signInWithCode(page, stack, owner)
  await expect(page.getByRole('heading', { level: 1, name: 'Your apps' })).toBeVisible()
}

test('a partner sees what was earned and why, to the microcredit, and takes it along', async ({
  page,
  stack,
  partner,
  shop,
}) => {
  test.slow()
  // Opened twice, it is one browser.
  await shop.visit()
  const counted = page.waitForResponse('**/v1/checkout/opens')
  await shop.open()
  expect((await counted).status()).toBe(204)
  await shop.frame.getByRole('button', { name: 'Close' }).click()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  const { userKey } = await buyCredits(stack, partner, 10)
  const called = await call(stack, 'POST', '/v1/chat/completions', { key: userKey, body: ask })
  await call(stack, 'POST', '/v1/chat/completions', { key: userKey, body: ask })
  const charge = Number(called.headers.get('opencredits-charge'))

  await signInAtConsole(page, stack)
  const at = (path: string) => `${stack.url}/partner/${partner.id}/${path}`
  await page.goto(at(''))
  await expect(
    page
      .getByRole('definition')
      .filter({ hasText: /^0\.\d+ credits$/ })
      .first(),
  ).toBeVisible()
  await page.goto(at('earnings'))
  await expect(page.getByRole('row', { name: /^Total 2 / })).toBeVisible()
  await expect(page.getByText('By the mean of your 2 requests of the last 30 days.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Requests' }).fill('2')
  await page.getByRole('textbox', { name: 'Your share, in percent' }).fill('50')
  await expect(page.getByText(/^2 × [\d.]+ credits at the provider × 50% = /)).toBeVisible()
  // The opening is written within seconds.
  await until(async () => {
    await page.reload()
    await expect(page.getByRole('row', { name: /^Made a first request/ })).toContainText('1')
    return (await page.getByRole('row', { name: /^Opened the checkout/ }).textContent())?.includes('day1') === true
  })
  await expect(page.getByRole('row', { name: /^Paid/ })).toContainText('100%')
  await lookAt(page, 'earnings')
  await page.getByRole('link', { name: 'Users', exact: true }).first().click()
  await page.goto(at('earnings?by=user&range=7d'))
  await expect(page.getByRole('row', { name: /^pu_.* 2 / })).toBeVisible()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^opencredits-earnings-.*-by-user\.csv$/)
  expect(await readFile(await download.path(), 'utf8')).toMatch(/^\ufeffuser,name,calls/)

  await page.getByRole('row', { name: /^pu_/ }).getByRole('link').click()
  await expect(page).toHaveURL(/requests\?from=.*&to=.*&user=pu_/)
  await lookAt(page, 'requests')
  await page
    .getByRole('row', { name: /gpt-4o/ })
    .last()
    .getByRole('link')
    .first()
    .click()
  await expect(page.getByRole('row', { name: /^The user paid/ })).toContainText(`${charge} credits`)
  await expect(page.getByRole('row', { name: /^Your share \(10%\)/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /^Output/ })).toBeVisible()
  await page.locator('summary').click()
  await expect(page.getByRole('row', { name: /wallet partner/ })).toBeVisible()
  await lookAt(page, 'a request')
  await page.goto(at('users'))
  await page.getByRole('row', { name: /^pu_/ }).getByRole('link').click()
  await expect(page.getByText('1,000 credits')).toBeVisible()
  await lookAt(page, 'a user')

  // The test world has figures of its own: none.
  await page.getByRole('link', { name: 'Test', exact: true }).click()
  await expect(page.getByText('No user yet.')).toBeVisible()
  await page.goto(at('test/earnings'))
  await expect(page.getByText('Nothing was earned in this time.')).toBeVisible()
  await expect(page.getByText(/There is no request of the last 30 days yet/)).toBeVisible()
  await lookAt(page, 'nothing earned')
  await page.route('**/v1/partner/requests?**', (route) => route.abort())
  await page.goto(at('requests'))
  await expect(page.getByText('You seem to be offline.')).toBeVisible()
})

test('a partner adds an endpoint, tries it, sees what was sent and answered, and mends it', async ({
  page,
  stack,
  partner,
}) => {
  test.slow()
  const receiver = await startWebhookReceiver()
  receiver.answers.set('/gone', { status: 410, body: 'no more' })
  await signInAtConsole(page, stack)
  const at = (path: string) => `${stack.url}/partner/${partner.id}/${path}`
  await page.goto(at('webhooks'))
  await expect(page.getByText('No endpoint yet.')).toBeVisible()
  await page.getByRole('link', { name: 'Add an endpoint' }).click()
  await page.getByLabel('Address').fill('nowhere')
  await page.getByRole('radio', { name: 'Only these' }).check()
  await page.getByRole('button', { name: 'Add an endpoint' }).click()
  await expect(page.getByText('Enter an address such as')).toBeVisible()
  await expect(page.getByText('Choose at least one event')).toBeVisible()
  await lookAt(page, 'a new endpoint')
  await page.getByLabel('Address').fill(`${receiver.url}/hooks`)
  await page.getByRole('checkbox', { name: 'purchase.completed' }).check()
  await page.getByRole('button', { name: 'Add an endpoint' }).click()
  const secret = (await page.locator('.secret-line code').textContent()) ?? ''
  expect(secret).toMatch(/^whsec_/)
  await page.getByRole('link', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Send a test' }).click()
  await expect(page.getByRole('row', { name: /ping Delivered/ })).toBeVisible()
  await page.getByRole('button', { name: 'Roll the secret' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll the secret' }).click()
  await expect(page.getByText(/requests carry two signatures/).first()).toBeVisible()
  await expect(page.locator('.secret-line code')).not.toHaveText(secret)
  await page
    .getByRole('row', { name: /ping Delivered/ })
    .getByRole('link')
    .click()
  await expect(page.getByText(/webhook-signature: v1,/)).toBeVisible()
  await page.getByRole('button', { name: 'Send again' }).click()
  await expect(page.getByText('Attempt 2')).toBeVisible()
  // The first one was signed by one secret, the second by both.
  expect(receiver.received.map(({ headers }) => headers['webhook-signature']?.split(' ').length)).toEqual([1, 2])
  await lookAt(page, 'a delivery')

  await page.getByRole('link', { name: `${receiver.url}/hooks` }).click()
  await page.getByRole('button', { name: 'Change' }).click()
  await page.getByLabel('Address').fill(`${receiver.url}/gone`)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Send a test' }).click()
  // The page reads again while something is under way, and the endpoint when one comes back to it.
  await expect(page.getByRole('row', { name: /ping Given up/ })).toBeVisible()
  await page.reload()
  await expect(page.getByText('it answered 410 Gone')).toBeVisible()
  await lookAt(page, 'a disabled endpoint')
  await until(async () => stack.mails().includes('have stopped'))
  receiver.answers.clear()
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click()
  await expect(page.getByText('1 delivery is sent again.')).toBeVisible()
  await expect(page.getByRole('row', { name: /ping Delivered/ })).toHaveCount(2)

  await page.goto(at('webhooks/deliveries?state=failed'))
  await expect(page.getByText('No delivery fits these filters.')).toBeVisible()
  await page.goto(at('webhooks/events'))
  await page.locator('summary').first().click()
  await expect(page.getByText('"endpoint_id"').first()).toBeVisible()
  await lookAt(page, 'events')
  await page.goto(at('webhooks'))
  await page.getByRole('link', { name: `${receiver.url}/gone` }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No endpoint yet.')).toBeVisible()
  await receiver.close()
})
