import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { pictureRules, usePicturedFont } from '../pictured-font.ts'
import { buyCredits } from '../process/api-client.ts'

/** The documentation as partners read it: with a mouse, with a keyboard, on a phone, in the dark. */

/** What the page has asked of other servers than ours, and what it has complained about. */
function watch(page: Page, ownUrl: string): { readonly elsewhere: string[]; readonly problems: string[] } {
  const seen = { elsewhere: [] as string[], problems: [] as string[] }
  page.on('request', (request) => {
    if (!request.url().startsWith(ownUrl) && !/^(data|blob):/.test(request.url())) seen.elsewhere.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') seen.problems.push(message.text())
  })
  page.on('pageerror', (error) => seen.problems.push(String(error)))
  return seen
}

const nothing = { elsewhere: [], problems: [] }

test('the site is read by mouse and keyboard, finds what is searched for, and is dark on demand', async ({
  page,
  stack,
}) => {
  const seen = watch(page, stack.url)
  await page.goto(`${stack.url}/docs`)
  await expect(page.getByRole('heading', { level: 1, name: 'What it is' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Quick start' }).first().click()
  await expect(page).toHaveURL(/\/docs\/quick-start$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Quick start' })).toBeVisible()
  // The same page when it is asked for by its address, and from there by the keyboard alone.
  await page.reload()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Control+k')
  await page.getByRole('searchbox').fill('3-D Secure')
  await expect(page.getByRole('option', { name: /Test cards/ }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/docs\/test-cards/)
  await page.getByRole('switch', { name: 'Appearance' }).click()
  await expect(page.locator('html')).toHaveClass(/dark/)
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await expect.poll(paper).toBe('rgb(22, 24, 29)')
  // The reference follows the choice.
  await page.goto(`${stack.url}/docs/reference/`)
  await expect(page.getByRole('heading', { level: 1, name: 'OpenCredits' })).toBeVisible()
  await expect.poll(paper).toBe('rgb(22, 24, 29)')
  expect(seen).toEqual(nothing)
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the site has no fault that axe finds, and fits 320 pixels, ${colorScheme}`, async ({ browser, stack }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } })
    const page = await context.newPage()
    for (const path of ['/docs/reference/', '/docs/', '/docs/quick-start', '/docs/errors']) {
      await page.goto(`${stack.url}${path}`, { waitUntil: 'networkidle' })
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [path, id, nodes.map(({ html }) => html)])).toEqual([])
      const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflowPx, path).toBeLessThanOrEqual(0)
    }
    // The other one is that of the bar on top.
    await page.getByRole('button', { name: 'Menu' }).last().click()
    await page.getByRole('link', { name: 'Custom elements' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Custom elements' })).toBeVisible()
    await context.close()
  })
}

test('the site looks as it did: its start by day and by night, at 200 %, in forced colours; the search; no page', async ({
  browser,
  stack,
}) => {
  const views = {
    light: { colorScheme: 'light', viewport: { width: 1280, height: 720 } },
    dark: { colorScheme: 'dark', viewport: { width: 1280, height: 720 } },
    // 1280 pixels at 200 %.
    zoomed: { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 },
    forced: { forcedColors: 'active', viewport: { width: 640, height: 720 } },
  } as const
  for (const [name, options] of Object.entries(views)) {
    const context = await browser.newContext(options)
    await usePicturedFont(context)
    const page = await context.newPage()
    await page.goto(`${stack.url}/docs/`, { waitUntil: 'networkidle' })
    await expect(page).toHaveScreenshot(`start-${name}.png`, pictureRules)
    const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflowPx, name).toBeLessThanOrEqual(0)
    if (name === 'light') {
      await page.keyboard.press('Control+k')
      await page.getByRole('searchbox').fill('declined')
      // With the words around it, though no heading has it.
      await expect(page.getByRole('option', { name: /Test cards/ }).first()).toContainText('insufficient funds')
      await expect(page.getByRole('searchbox')).toHaveCSS('outline-style', 'none')
      await page.goto(`${stack.url}/docs/nowhere`)
      await expect(page.getByRole('heading', { level: 1, name: 'There is no page here' })).toBeVisible()
      await page.getByRole('link', { name: 'Go to the start' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'What it is' })).toBeVisible()
    }
    await context.close()
  }
})

test('a call can be tried in the API reference, with a key that is typed in there', async ({
  page,
  stack,
  partner,
}) => {
  const { userKey } = await buyCredits(stack, partner, 5)
  const seen = watch(page, stack.url)
  await page.goto(`${stack.url}/docs/reference/`)
  await expect(page.getByRole('heading', { level: 1, name: 'OpenCredits' })).toBeVisible()
  // No key is there that nobody has typed in.
  await expect(page.locator('.scalar-password-input').first()).toHaveAttribute('placeholder', 'Your key')
  const theme = page.getByRole('switch', { name: 'Dark theme' })
  for (const [paper, name] of [
    ['rgb(22, 24, 29)', 'dark'],
    ['rgb(255, 255, 255)', 'light'],
  ]) {
    await theme.click()
    await expect(page.locator('body')).toHaveCSS('background-color', paper ?? '')
    expect(await page.evaluate("localStorage.getItem('vitepress-theme-appearance')")).toBe(name)
  }
  await page.locator('.scalar-password-input').first().fill(userKey)
  await page.getByRole('button', { name: /Group - Credits/ }).click()
  await page.getByText('What can be spent').first().click()
  await page.getByRole('button', { name: /Test Request.*\/v1\/credits\/balance/ }).click()
  const client = page.getByRole('dialog')
  await client.getByRole('button', { name: /^Send/ }).first().click()
  await expect(client.getByText(/"balance": 500/)).toBeVisible()
  expect(seen).toEqual(nothing)
})
