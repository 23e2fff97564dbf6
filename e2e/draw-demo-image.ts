import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { payWithTestCard, startExamples } from './examples-stack.ts'

/**
 * Draws `docs/images/demo.png`, the strip in the README: the demo on a phone in four states, side by side. Run it after a
 * change of the demo's looks, with the browser's path in CHROMIUM_PATH: `node_modules/.bin/node e2e/draw-demo-image.ts`
 */
const target = resolve(import.meta.dirname, '../docs/images/demo.png')
const phone = { width: 390, height: 780 }
const shownWidthPx = 300
const captions = ['Ask', 'Buy credits', 'Read, and see the cost', 'Earn on every answer']

const executablePath = process.env.CHROMIUM_PATH
const browser = await chromium.launch({
  ...(executablePath === undefined || executablePath === '' ? {} : { executablePath }),
  args: ['--no-sandbox', '--hide-scrollbars'],
})
const examples = await startExamples()
try {
  const context = await browser.newContext({ viewport: phone, reducedMotion: 'reduce', locale: 'en-US' })
  const states = await playThrough(await context.newPage())
  const strip = await browser.newPage({ viewport: { width: 1320, height: 700 }, deviceScaleFactor: 1 })
  await strip.setContent(stripOf(states))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, await strip.locator('main').screenshot())
} finally {
  await examples.close()
  await browser.close()
}

async function playThrough(page: Page): Promise<readonly Buffer[]> {
  await page.goto(examples.demoUrl)
  await page.getByText('0.57 credits', { exact: true }).waitFor()
  await page.locator('.wander').evaluate((element) => element.scrollIntoView())
  const asking = await page.screenshot()
  await page.getByRole('button', { name: 'Plan my trip' }).click()
  await page.frameLocator('dialog iframe').frameLocator('iframe[title="Secure payment"]').getByLabel('CVC').waitFor()
  const paying = await page.screenshot()
  await payWithTestCard(page)
  await page.getByText('This answer cost').waitFor()
  await page.locator('#text').evaluate((element) => element.scrollTo(0, 0))
  await page.locator('#answer').evaluate((element) => element.scrollIntoView())
  const reading = await page.screenshot()
  await page.getByText('user’s wallet → partner').waitFor()
  await page.locator('.ledger').evaluate((element) => element.scrollIntoView())
  return [asking, paying, reading, await page.screenshot()]
}

function stripOf(states: readonly Buffer[]): string {
  const figures = states.map(
    (image, index) =>
      `<figure><img src="data:image/png;base64,${image.toString('base64')}" alt=""><figcaption>${captions[index]}</figcaption></figure>`,
  )
  return `<!doctype html><style>
    body { margin: 0; font: 600 16px "DejaVu Sans", system-ui, sans-serif; }
    main { display: flex; gap: 24px; inline-size: max-content; padding: 16px; background: #fff; }
    figure { margin: 0; text-align: center; color: #1d1b16; }
    img { display: block; inline-size: ${shownWidthPx}px; margin-block-end: 12px; border: 1px solid #d8d2c4; border-radius: 22px; }
  </style><main>${figures.join('')}</main>`
}
