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
/** Whatever still moves after the form is there counts as well. */
const restMs = 600

/** The first moment at which each of these is drawn; page, checkout and form have parts of them. */
const milestones = {
  dialog: 'dialog[data-stage=shown]',
  button: 'button.primary',
  form: '.stripe:not(.coming)',
  cardNumber: '[autocomplete=cc-number]',
}

/**
 * Runs in every document. Times are those of the screen's frames and of the input, since 1970: Playwright looks only every
 * half a second, which is half of what is measured here.
 */
const watch = `
  window.shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  window.clicksMs = []
  addEventListener('click', ({ timeStamp }) => clicksMs.push(performance.timeOrigin + timeStamp), true)
  window.seenMs = {}
  const isDrawn = (selector) =>
    document.querySelector(selector)?.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const look = () => {
    for (const [name, selector] of Object.entries(${JSON.stringify(milestones)}))
      if (isDrawn(selector)) seenMs[name] ??= performance.timeOrigin + performance.now()
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)`

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
    await context.addInitScript(watch)
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
  await page.getByRole('button', { name: 'Buy credits' }).click()
  await checkout.getByRole('button', { name: /Continue/ }).click()
  await checkout.frameLocator('iframe[title="Secure payment"]').getByLabel('Card number').waitFor()
  await page.waitForTimeout(restMs)
  return readFigures(page)
}

async function readFigures(page: Page): Promise<SlowPageFigures> {
  const documents = await Promise.all(
    page.frames().map(
      (frame) =>
        frame.evaluate(
          '({ seenMs: window.seenMs ?? {}, clicksMs: window.clicksMs ?? [], shift: window.shift ?? 0 })',
        ) as Promise<{
          readonly seenMs: Partial<Record<keyof typeof milestones, number>>
          readonly clicksMs: readonly number[]
          readonly shift: number
        }>,
    ),
  )
  const [openedMs = Number.NaN, chosenMs = Number.NaN] = documents
    .flatMap(({ clicksMs }) => clicksMs)
    .toSorted((one, other) => one - other)
  const seenMs = (...names: readonly (keyof typeof milestones)[]) =>
    Math.max(...names.map((name) => documents.find((one) => one.seenMs[name])?.seenMs[name] ?? Number.NaN))
  return {
    modalMs: seenMs('dialog', 'button') - openedMs,
    cardFormMs: seenMs('form', 'cardNumber') - chosenMs,
    layoutShift: documents.reduce((sum, { shift }) => sum + shift, 0),
  }
}
