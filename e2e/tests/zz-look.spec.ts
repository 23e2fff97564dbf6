import { nextCode } from '../next-code.ts'
import { call } from '../process/api-client.ts'
import { expect, test } from '../fixtures.ts'

test('look', async ({ page, stack }) => {
  test.setTimeout(120_000)
  const app = stack.createPartner({ name: 'Acme Notes', origins: ['https://acme.example'] })
  const list = JSON.parse(stack.cli('partner', 'list', '--json'))
  console.log(JSON.stringify(list).slice(0, 600))
  await page.goto(`${stack.url}/partner`)
  await page.getByLabel('Email').fill('partner@example.com')
  const code = await nextCode(stack, 'partner@example.com', () => page.getByRole('button', { name: 'Email me a code' }).click())
  await page.getByLabel('Code from the email').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.screenshot({ path: '/tmp/look/apps.png' })
  const pf = (origin: string) => call(stack, 'GET', `/v1/checkout/preflight?publishable_key=${app.publishable_key}&origin=${origin}`)
  for (const world of ['', '/test']) {
    await page.goto(`${stack.url}/partner/${app.id}${world}/setup`)
    await expect(page.getByRole('heading', { level: 1, name: 'Get started' })).toBeVisible()
    await page.waitForTimeout(500)
    await page.screenshot({ path: `/tmp/look/setup${world.slice(1)}-empty.png`, fullPage: true })
  }
  await pf('http://localhost:5173'); await pf('http://localhost:5173'); await pf('https://acme.example'); await pf('null')
  await call(stack, 'POST', '/v1/chat/completions', { key: app.publishable_key, body: {} })
  await page.goto(`${stack.url}/partner/${app.id}/setup?code=python`)
  await expect(page.getByText('is not an allowed origin')).toBeVisible({ timeout: 10000 })
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: `/tmp/look/setup-${scheme}.png`, fullPage: true })
  }
  await page.setViewportSize({ width: 320, height: 700 })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.screenshot({ path: `/tmp/look/setup-phone.png`, fullPage: true })
})
