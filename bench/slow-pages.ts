import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { startPartnerSite } from '../e2e/partner-site.ts'
import { startStack } from '../e2e/stack.ts'
import { findOrInstallBrowser } from '../tools/find-browser.ts'

export interface SlowPageFigures {
  /** From the click until the first button can be pressed. */
  readonly modalMs: number
  /** From the choice of an amount until the card number can be typed. */
  readonly cardFormMs: number
  /** Of page, checkout and form together: how much moved by itself. */
  readonly layoutShift: number
}

const loads = 5
/** Lighthouse's phone: slow 4G and a processor that is four times slower. */
const network = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }
const cpuSlowdown = 4

const noteShifts = `
  window.shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

/** What a user with a phone on a slow network waits for: caches empty, median of five. */
export async function measureSlowPages(): Promise<SlowPageFigures> {
  const stack = await startStack()
  const site = await startPartnerSite(stack.url)
  const partner = stack.createPartner({ origins: [site.origin] })
  const executablePath = findOrInstallBrowser()
  const browser = await chromium.launch({
    // One process for page and frame: what slows the page down slows the frame down as well.
    args: ['--no-sandbox', '--disable-gpu', '--disable-site-isolation-trials'],
    ...(executablePath === null ? {} : { executablePath }),
  })
  const figures: SlowPageFigures[] = []
  for (let load = 0; load < loads; load += 1) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    await context.addInitScript(noteShifts)
    figures.push(await measureOnce(context, site.address({ init: { publishableKey: partner.publishable_key } })))
    await context.close()
  }
  await browser.close()
  await site.close()
  await stack.close()
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(loads / 2)] ?? Number.NaN
  return {
    modalMs: middle(figures.map(({ modalMs }) => modalMs)),
    cardFormMs: middle(figures.map(({ cardFormMs }) => cardFormMs)),
    layoutShift: Math.max(...figures.map(({ layoutShift }) => layoutShift)),
  }
}

async function measureOnce(context: BrowserContext, address: string): Promise<SlowPageFigures> {
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', network)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown })
  await page.goto(address)
  await page.waitForFunction('window.OpenCredits !== undefined')
  const checkout = page.frameLocator('dialog iframe')
  const next = checkout.getByRole('button', { name: /Continue/ })
  const clickedMs = performance.now()
  await page.getByRole('button', { name: 'Buy credits' }).click()
  await next.waitFor()
  const modalMs = performance.now() - clickedMs
  const chosenMs = performance.now()
  await next.click()
  await checkout.frameLocator('iframe[title="Secure payment"]').getByLabel('Card number').waitFor()
  const cardFormMs = performance.now() - chosenMs
  return { modalMs, cardFormMs, layoutShift: await sumShifts(page) }
}

async function sumShifts(page: Page): Promise<number> {
  const shifts = await Promise.all(page.frames().map((frame) => frame.evaluate('window.shift ?? 0')))
  return shifts.reduce<number>((sum, shift) => sum + Number(shift), 0)
}
