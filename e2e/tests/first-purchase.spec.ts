import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { FrameLocator, Page } from '@playwright/test'
import { test as base, cards, expect } from '../fixtures.ts'
import { nextCode } from '../next-code.ts'
import { type PartnerSite, startPartnerSite } from '../partner-site.ts'
import { type Stack, startStack } from '../stack.ts'

/** An installation where apps are signed up without the operator, as a developer's own is. */
const test = base.extend<{ readonly openStack: Stack; readonly ownSite: PartnerSite }>({
  openStack: async ({}, use) => {
    const stack = await startStack({ environment: { PARTNER_SIGNUP: 'open' } })
    await use(stack)
    await stack.close()
  },
  ownSite: async ({ openStack }, use) => {
    const site = await startPartnerSite(openStack.url)
    await use(site)
    await site.close()
  },
})

/** The clicks as a reader is told of them, one after the other. */
type Walk = ReturnType<typeof startWalk>

function startWalk() {
  const startedAtMs = Date.now()
  const words: string[] = []
  const times: string[] = []
  return {
    words,
    async fill(page: Page, label: string, text: string) {
      words.push(label)
      await page.getByLabel(label).fill(text)
    },
    async press(where: Page | FrameLocator, name: string, as = name, role: 'button' | 'link' = 'button') {
      words.push(as)
      await where.getByRole(role, { name, exact: true }).click()
    },
    reach(place: string) {
      times.push(`${((Date.now() - startedAtMs) / 1000).toFixed(1)} s  ${place}`)
    },
    print: () => process.stdout.write(`${['From /partner to a live page:', ...times].join('\n  ')}\n`),
  }
}

test('a new partner gets from /partner to a paid call, and live by one key', async ({
  page,
  context,
  openStack,
  ownSite,
}) => {
  test.setTimeout(180_000)
  const walk = startWalk()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await signUp(walk, page, openStack)
  walk.reach('the app is signed up')

  const html = await copy(walk, page, 'Copy: HTML')
  const testKey = /oc_pk_test_\w+/.exec(html)?.[0] ?? ''
  await checksAre(page, ['Origin allowed'])
  const shop = await context.newPage()
  const consoleSays = shop.waitForEvent('console', (message) => message.text().includes('is not registered'))
  await shop.goto(ownSite.address({ init: {}, html }))
  // It is no page at http://localhost, so it has to be allowed: the browser's console says so, and the partner's does.
  expect((await consoleSays).text()).toContain(`The origin ${ownSite.origin} is not registered for this app.`)
  await expect(page.getByText(`Your page at ${ownSite.origin} is not an allowed origin: add it.`)).toBeVisible()
  await walk.press(page, `Allow ${ownSite.origin}`, 'Allow https://dev.example')
  await expect(page.getByText('was refused until its origin was added. Reload it.')).toBeVisible()
  walk.reach('the origin is allowed')

  await shop.reload()
  const frame = shop.frameLocator('dialog iframe')
  await walk.press(shop, 'Ask a question')
  await expect(frame.getByText('Test mode: no real money.')).toBeVisible()
  await walk.press(frame, 'Continue to payment')
  await walk.press(frame, 'Pay $10 in test mode')
  await leaveCheckout(walk, shop)
  await isAnswered(shop)
  await checksAre(page, ['Origin allowed', 'SDK seen', 'First purchase', 'First paid call'])
  await expect(page.getByText('A purchase of 10 USD was paid')).toBeVisible()
  walk.reach('a test purchase and a paid call')
  await isAccessible(page)

  const liveKey = await copy(walk, page, 'Copy: Live key')
  expect(liveKey).toMatch(/^oc_pk_(?!test)/)
  await expect(page.getByText('Nothing is missing')).toBeVisible()
  await shop.goto(ownSite.address({ init: {}, html: html.replace(testKey, liveKey) }))
  await walk.press(page, 'Live', 'Live', 'link')
  await checksAre(page, ['Origin allowed', 'SDK seen'])
  await walk.press(shop, 'Ask a question')
  await walk.press(frame, 'Continue to payment')
  await payByCard(frame.frameLocator('iframe[title="Secure payment"]'))
  await leaveCheckout(null, shop)
  await isAnswered(shop)
  await checksAre(page, ['Origin allowed', 'SDK seen', 'First purchase', 'First paid call'])
  walk.reach('a live purchase and a paid call, by changing one key')

  expect(walk.words).toEqual(wordsOfDocs())
  walk.print()
})

async function signUp(walk: Walk, page: Page, stack: Stack): Promise<void> {
  const email = `maker-${Date.now()}@example.com`
  await page.goto(`${stack.url}/partner`)
  await walk.fill(page, 'Email', email)
  const code = await nextCode(stack, email, () => walk.press(page, 'Email me a code'))
  await walk.fill(page, 'Code from the email', code)
  await walk.press(page, 'Continue')
  await walk.press(page, 'New app', 'New app', 'link')
  await walk.fill(page, 'Name of the app', 'Acme Notes')
  await walk.fill(page, 'Website', 'https://acme.example')
  await walk.fill(page, 'Where its pages live', 'https://acme.example')
  await walk.fill(page, 'What does it do with AI?', 'It sums up notes.')
  await walk.press(page, 'Create the app')
  await expect(page.getByRole('heading', { level: 1, name: 'Get started' })).toBeVisible()
  await expect(page).toHaveURL(/\/test\/setup$/)
}

async function copy(walk: Walk, page: Page, name: string): Promise<string> {
  await walk.press(page, name, 'Copy')
  return page.evaluate(() => navigator.clipboard.readText())
}

async function checksAre(page: Page, done: readonly string[]): Promise<void> {
  await expect(page.locator('.check.done h3')).toHaveText([...done])
}

/** The frame takes the height of the new screen a moment after it shows it: a click in between hits nothing. */
async function leaveCheckout(walk: Walk | null, shop: Page): Promise<void> {
  walk?.words.push('Not now')
  const notNow = shop.frameLocator('dialog iframe').getByRole('button', { name: 'Not now' })
  await expect(notNow).toBeVisible()
  await expect(async () => {
    await notNow.click({ timeout: 1_000 })
    await expect(notNow).toBeHidden({ timeout: 1_000 })
  }).toPass()
}

/** In both colour schemes, and on a phone. */
async function isAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).include('main').analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  }
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  if (size !== null) await page.setViewportSize(size)
}

async function isAnswered(shop: Page): Promise<void> {
  await expect(shop.locator('#answer')).not.toHaveText(/^(Thinking …|No credits.*|)$/)
}

async function payByCard(form: FrameLocator): Promise<void> {
  await form.getByLabel('Card number').fill(cards.good)
  await form.getByLabel('Expiry').fill('12 / 34')
  await form.getByLabel('CVC').fill('123')
  await form.getByRole('button', { name: /^Pay/ }).click()
}

/** What the documentation tells a reader to press and to fill in: whatever is bold. */
function wordsOfDocs(): readonly string[] {
  const page = readFileSync(resolve(import.meta.dirname, '../../packages/docs/pages/first-purchase.md'), 'utf8')
  return [...page.matchAll(/\*\*(.+?)\*\*/g)].map(([, words = '']) => words)
}
