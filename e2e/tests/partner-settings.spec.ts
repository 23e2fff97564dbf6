import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { lookAt } from '../look-at-page.ts'
import { nextCode } from '../next-code.ts'
import { direct } from '../process/api-client.ts'
import { signInWithCode } from '../sign-in-with-code.ts'
import type { Stack } from '../stack.ts'

const maker = 'maker@example.com'

/** An app whose owner is whoever signs in with the address of its maker. */
async function openConsole(page: Page, stack: Stack): Promise<string> {
  const made = stack.cli(
    'partner',
    'create',
    '--name',
    'Poetry Desk',
    '--email',
    maker,
    '--referral-rate',
    '0.2',
    '--json',
  )
  const id = String(JSON.parse(made).id)
  await page.goto(`${stack.url}/partner/${id}`)
  await signInWithCode(page, stack, maker)
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  return id
}

test('a maker sets an app up: name, origins, models, colour and logo with the real checkout beside, in both worlds', async ({
  page,
  stack,
}) => {
  test.setTimeout(120_000)
  const id = await openConsole(page, stack)
  await expect(page.getByText('No origin yet: your pages cannot open the checkout.')).toBeVisible()
  await lookAt(page, 'overview')

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Support email').fill('help')
  await page.getByLabel('On card statements').fill('12345')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('It needs at least one letter.')).toBeVisible()
  await lookAt(page, 'settings with problems')
  await page.getByLabel('Name', { exact: true }).fill('Poetry')
  await page.getByLabel('Support email').fill('help@poetry.example')
  await page.getByLabel('On card statements').fill('POETRY')
  await page.getByRole('switch', { name: 'Suggest a limit of my own' }).check()
  await page.getByLabel('Credits', { exact: true }).fill('250')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(page.getByRole('button', { name: /^App: P? ?Poetry$/ })).toBeVisible()

  await page.getByRole('link', { name: 'Origins' }).click()
  await expect(page.getByText('No origin yet.')).toBeVisible()
  await page.getByLabel('Add an origin').fill('http://app.example')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByText('Plain http is for localhost only: others')).toBeVisible()
  await lookAt(page, 'an origin that is none')
  await page.getByRole('button', { name: 'Use it' }).click()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'https://app.example' })).toBeVisible()

  await page.getByRole('link', { name: 'Models' }).click()
  await page.getByLabel('Only those that I choose').check()
  await page.getByLabel('Search models').fill('gpt-4o')
  await page.getByLabel('GPT-4o', { exact: true }).check()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByText(/^1 of \d+ chosen$/)).toBeVisible()

  await page.getByRole('link', { name: 'Test', exact: true }).click()
  await expect(page).toHaveURL(`${stack.url}/partner/${id}/test/models`)
  await expect(page.getByText(/^1 of \d+ chosen$/)).toBeVisible()
  await expect(page.getByText('Test mode.')).toBeVisible()
  await lookAt(page, 'the test world')
})

test('the preview is the real checkout with what is not saved, and a logo is made anew', async ({ page, stack }) => {
  test.setTimeout(120_000)
  const id = await openConsole(page, stack)
  await page.goto(`${stack.url}/partner/${id}/branding`)
  const frame = page.frameLocator('iframe')
  await expect(frame.getByText('Poetry Desk')).toBeVisible()
  const accent = () => frame.locator('html').evaluate((html) => html.style.getPropertyValue('--accent'))
  await page.getByRole('textbox', { name: 'Accent colour' }).fill('#ffe066')
  await expect.poll(accent).toBe('#ffe066')
  await expect(page.getByText('It hardly stands out from the page there')).toBeVisible()
  await page.getByText('Dark', { exact: true }).click()
  await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.getByText('Sign-in', { exact: true }).click()
  await expect(frame.locator('#root')).toHaveJSProperty('inert', true)
  await expect(frame.locator('input[type=email]')).toBeVisible()
  await page.getByText('Phone', { exact: true }).click()
  await page.getByText('Success', { exact: true }).click()
  await expect(frame.getByText(/1,000/).first()).toBeVisible()

  const clip = { x: 0, y: 0, width: 900, height: 600 }
  const logo = { name: 'logo.png', mimeType: 'image/png', buffer: await page.screenshot({ clip }) }
  await page.getByLabel('Upload a picture').setInputFiles({ ...logo, buffer: Buffer.from('<svg/>') })
  await expect(page.getByText('is SVG, which can hold scripts')).toBeVisible()
  await page.getByLabel('Upload a picture').setInputFiles(logo)
  await expect(page.getByText('The new logo is in place.')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Accent colour' })).toHaveValue('#ffe066')
  const address = await frame.locator('img.logo').getAttribute('src')
  expect(address).toMatch(/\/logos\/[0-9a-f]{64}\.webp$/)
  const served = await fetch(`${direct(stack)}${new URL(String(address)).pathname}`)
  expect(Object.fromEntries(served.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
  })
  const size = frame.locator('img.logo').evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth)
  expect(await size).toBe(512)
  await lookAt(page, 'branding with a logo')
})

test('a restricted key is made, rolled and revoked after a recent sign-in', async ({ page, stack }) => {
  test.setTimeout(120_000)
  const id = await openConsole(page, stack)
  await page.goto(`${stack.url}/partner/${id}/keys`)
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Nightly report')
  await lookAt(page, 'making a key')
  await page.getByRole('dialog').getByRole('button', { name: 'Create a key' }).click()
  const secret = page.locator('.secret .secret-line code')
  await expect(secret).toHaveText(/^oc_rk_\w{49}$/)
  const first = await secret.textContent()
  await lookAt(page, 'keys')
  await page.getByRole('button', { name: 'Roll Nightly report' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll' }).click()
  await expect(page.getByText('The key has a new secret.')).toBeVisible()
  expect(await secret.textContent()).not.toBe(first)
  // The server asks once more who it is, as it does ten minutes after a sign-in; the page asks in place and goes on.
  let asked = 0
  await page.route('**/v1/partner/keys/*/roll*', (route) => {
    asked += 1
    if (asked > 1) return route.continue()
    return route.fulfill({ status: 403, json: { error: { type: 'recent_sign_in_required', message: '' } } })
  })
  await page.getByRole('button', { name: 'Roll Nightly report' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll' }).click()
  const again = await nextCode(stack, maker, () =>
    page.getByRole('button', { name: `Email a code to ${maker}` }).click(),
  )
  await page.getByLabel('Code from the email').fill(again)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect.poll(() => asked).toBe(2)
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('button', { name: 'Revoke Nightly report' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('1 key has ended')).toBeVisible()

  await page.getByRole('button', { name: 'Roll the publishable key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Roll the publishable key' }).click()
  await expect(page.getByText(/^The key before, …\w{4}, works until/)).toBeVisible()
})
