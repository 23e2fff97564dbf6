import { test as base, expect, type FrameLocator, type Page } from '@playwright/test'
import { type PartnerPage, type PartnerSite, startPartnerSite } from './partner-site.ts'
import { type PartnerKeys, type Stack, startStack } from './stack.ts'

export { expect }

/** Whose account has the role only in sessions with a passkey. */
export const operatorEmail = 'operator@example.com'

interface WorkerFixtures {
  readonly stack: Stack
  readonly site: PartnerSite
}

interface TestFixtures {
  readonly partner: PartnerKeys
  readonly shop: Shop
}

/** Each worker has an installation and a partner's site of its own; each test a partner of its own. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  stack: [
    async ({}, use) => {
      const stack = await startStack({
        environment: { OPERATOR_EMAILS: operatorEmail, REQUIRE_PASSKEY: 'operator', WEBHOOK_ALLOW_PRIVATE: '1' },
      })
      // A test says when a delayed payment arrives: on a timer it could arrive before the page has said that it is delayed.
      await stack.sandbox.stripe.control.delayPayments(null)
      await use(stack)
      await stack.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  site: [
    async ({ stack }, use) => {
      const site = await startPartnerSite(stack.url)
      await use(site)
      await site.close()
    },
    { scope: 'worker' },
  ],
  partner: async ({ stack, site }, use) => {
    await use(stack.createPartner({ name: 'Acme Notes', origins: [site.origin] }))
  },
  shop: async ({ page, site, partner }, use) => {
    await use(createShop(page, site, partner))
  },
})

/** What a user does in a partner's page. */
export interface Shop {
  readonly page: Page
  readonly frame: FrameLocator
  /** Stripe's form inside the checkout. */
  readonly stripe: FrameLocator
  visit(init?: Record<string, unknown>, page?: Omit<PartnerPage, 'init'>): Promise<void>
  open(options?: Record<string, unknown>): Promise<void>
  /** Where the dialog is in the window. On a phone it reaches below: the sheet is shown as far as it is needed. */
  shownBox(): Promise<{ x: number; y: number; width: number; height: number }>
  pickAndContinue(amount?: string): Promise<void>
  fillCard(form: FrameLocator | Page, number?: string): Promise<void>
  /** All callbacks so far: `[name, detail]`. */
  calls(name?: string): Promise<readonly (readonly [string, Record<string, unknown>])[]>
  waitForCall(name: string): Promise<Record<string, unknown>>
  userKey(): Promise<string | null>
}

export const cards = {
  good: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  secure: '4000 0025 0000 3155',
  delayed: '4000 0000 0000 0077',
}

export function createShop(page: Page, site: PartnerSite, partner: PartnerKeys): Shop {
  const frame = page.frameLocator('dialog iframe')
  const calls = async (name?: string) => {
    const all = (await page.evaluate('window.calls')) as [string, Record<string, unknown>][]
    return name === undefined ? all : all.filter(([called]) => called === name)
  }
  return {
    page,
    frame,
    stripe: frame.frameLocator('iframe[title="Secure payment"]'),
    calls,
    async visit(init = {}, rest = {}) {
      await page.goto(site.address({ ...rest, init: { publishableKey: partner.publishable_key, ...init } }))
    },
    async open(options) {
      await page.evaluate((value) => Object.assign(window, { openOptions: value }), options)
      await page.getByRole('button', { name: 'Buy credits' }).click()
    },
    async shownBox() {
      const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator('dialog').boundingBox()) ?? {}
      const bottom = Math.min(y + height, page.viewportSize()?.height ?? 0)
      return { x, y, width, height: bottom - y }
    },
    async pickAndContinue(amount = '$10') {
      // A screen reader is told `10 dollars, 1,000 credits`.
      await frame.getByRole('radio', { name: new RegExp(`^${amount.replace(/\D/g, '')} `) }).check()
      await frame.getByRole('button', { name: /Continue to payment|in a new tab/ }).click()
    },
    async fillCard(form, number = cards.good) {
      await form.getByLabel('Card number').fill(number)
      await form.getByLabel('Expiry').fill('12 / 34')
      await form.getByLabel('CVC').fill('123')
      await form.getByRole('button', { name: /^Pay/ }).click()
    },
    async waitForCall(name) {
      await expect.poll(async () => (await calls(name)).length, { message: `callback ${name}` }).toBeGreaterThan(0)
      const [first] = await calls(name)
      return first?.[1] ?? {}
    },
    userKey: () => page.evaluate('OpenCredits.getUserKey()') as Promise<string | null>,
  }
}
