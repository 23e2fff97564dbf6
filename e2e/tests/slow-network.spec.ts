import type { Locator, Page, Route } from '@playwright/test'
import { createShop, expect, test } from '../fixtures.ts'

/** What a user on a slow phone gets: nothing that jumps, and no request that could have been spared or sent earlier. */

interface Source {
  readonly node?: Node
  readonly previousRect: DOMRectReadOnly
  readonly currentRect: DOMRectReadOnly
}

/** Every layout shift counts here, those right after a click too, which the metric itself leaves out. */
const noteShifts = () => {
  const shifts: string[] = []
  Object.assign(window, { shifts })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { sources } = entry as PerformanceEntry & { sources: readonly Source[] }
      const place = ({ x, y }: DOMRectReadOnly) => `${x},${y}`
      for (const { node, previousRect, currentRect } of sources)
        shifts.push(`${node?.nodeName} from ${place(previousRect)} to ${place(currentRect)}`)
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

const shiftsOf = async (page: Page) => {
  // The browser reports a frame's shifts after it has drawn it.
  await page.waitForTimeout(300)
  const shifts = await Promise.all(page.frames().map((frame) => frame.evaluate('window.shifts ?? []')))
  return shifts.flat()
}

/** Longer than the browser takes a change for an answer to what the user did. */
const answerAfterMs = 600
/** What still moves is missed by a click. */
const motionMs = 300

for (const [name, width, height] of [
  ['a phone', 390, 844],
  ['a desktop', 1280, 800],
] as const) {
  test(`on ${name} nothing jumps on the way to the payment and back, in the page and in the frame`, async ({
    shop,
    stack,
  }) => {
    const { page } = shop
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    await page.addInitScript(noteShifts)
    const late = async (route: Route) => {
      await new Promise((later) => setTimeout(later, answerAfterMs))
      await route.continue()
    }
    for (const path of ['/checkout?*', '/v1/me', '/v1/checkout/sessions']) await page.route(stack.url + path, late)
    await page.route(/\/pay-assets\//, late)
    await shop.visit({ publishableKey: 'oc_pk_nobody' })
    await page.evaluate('void OpenCredits.open()')
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
    await page.waitForTimeout(motionMs)
    // The page alone: the frame is still on its way to being refused.
    expect(await page.evaluate('shifts')).toEqual([])
    await shop.visit()
    await page.evaluate('void OpenCredits.open()')
    await expect(shop.frame.getByText(/^Enough for about/)).toBeVisible()
    await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
    await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
    await expect(shop.frame.locator('.skeleton')).toHaveCount(0)
    await page.waitForTimeout(motionMs)
    await shop.frame.getByRole('button', { name: 'Back' }).click()
    await expect(shop.frame.getByRole('button', { name: 'Continue to payment' })).toBeVisible()
    expect(await shiftsOf(page)).toEqual([])
    await page.waitForTimeout(motionMs)
    await shop.pickAndContinue('$10')
    await expect(shop.frame.locator('.skeleton')).toHaveCount(0)
    await page.waitForTimeout(motionMs)
    await shop.fillCard(shop.stripe)
    await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeVisible()
    await shop.frame.getByRole('button', { name: 'Not now' }).click()
    await shop.open()
    await expect(shop.frame.getByText('1,000 credits')).toHaveCount(2)
    expect(await shiftsOf(page)).toEqual([])
  })
}

const quietMs = 400

/** Holds the requests to the server until no further one comes, lets them go together, and notes which went together. */
async function findRoundTrips(page: Page, url: string, button: Locator) {
  const held: Route[] = []
  const trips: string[][] = []
  await page.route(`${url}/**`, (route) => void held.push(route))
  // They come once the checkout is there, for whoever signs in.
  await page.route(`${url}/checkout/assets/account-screens*`, (route) => route.continue())
  await page.evaluate('void OpenCredits.open()')
  while (!(await button.isVisible())) {
    const before = held.length
    await page.waitForTimeout(quietMs)
    if (held.length === 0 || held.length !== before) continue
    const trip = held.splice(0)
    trips.push(trip.map((route) => new URL(route.request().url()).pathname.replace(/-[\w-]{8}\./, '.')).sort())
    for (const route of trip) await route.continue()
  }
  return trips
}

for (const [locale, button, ...languages] of [
  ['en-US', 'Continue to payment'],
  ['de-DE', 'Weiter zur Zahlung', 'de.js'],
] as const)
  test(`from the click to the first button there are two round trips for ${locale}: the frame, and its files`, async ({
    browser,
    site,
    partner,
    stack,
  }) => {
    const shop = createShop(await browser.newPage({ locale }), site, partner)
    // What `init` asks once the page is idle.
    const asked = shop.page.waitForResponse((response) => response.url().includes('/preflight'))
    await shop.visit()
    await asked
    const trips = await findRoundTrips(shop.page, stack.url, shop.frame.getByRole('button', { name: button }))
    const files = ['index.css', 'index.js', 'load-language.css', 'load-language.js', ...languages]
    expect(trips).toEqual([
      ['/checkout', '/v1/checkout/preflight'],
      files.map((file) => `/checkout/assets/${file}`).sort(),
    ])
    await shop.page.close()
  })
