import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { startPartnerSite } from '../e2e/partner-site.ts'
import { startStack } from '../e2e/stack.ts'
import { languageTags } from '../packages/protocol/src/locale.ts'
import { findOrInstallBrowser } from '../tools/find-browser.ts'
import { root } from './contenders.ts'

export interface PageFigures {
  readonly bundles: readonly {
    readonly name: string
    readonly raw: number
    readonly gzip: number
    readonly brotli: number
  }[]
  /** From the start of the page's loading until `OpenCredits` can be called. */
  readonly sdkReadyMs: number
  /** From the call that opens the checkout until its first button can be pressed. */
  readonly checkoutReadyMs: number
}

const loads = 7
/** Runs right after the SDK's script tag: what is before it has been loaded and run. */
const stopwatch = 'window.begunMs = performance.now()'

/** What a partner's page downloads, and when a user can use it: a real browser, a real server, caches empty. */
export async function measurePages(): Promise<PageFigures> {
  const stack = await startStack()
  const site = await startPartnerSite(stack.url)
  const partner = stack.createPartner({ origins: [site.origin] })
  const executablePath = findOrInstallBrowser()
  const browser = await chromium.launch({
    args: ['--no-sandbox', '--disable-gpu'],
    ...(executablePath === null ? {} : { executablePath }),
  })
  const [sdk, checkout]: [number[], number[]] = [[], []]
  for (let load = 0; load < loads; load += 1) {
    const page = await browser.newPage()
    await page.goto(site.address({ init: { publishableKey: partner.publishable_key }, script: stopwatch }))
    await page.waitForFunction('window.OpenCredits !== undefined && window.begunMs !== undefined')
    sdk.push(Number(await page.evaluate('begunMs')))
    const startMs = performance.now()
    await page.getByRole('button', { name: 'Buy credits' }).click()
    await page
      .frameLocator('dialog iframe')
      .getByRole('button', { name: /Continue/ })
      .waitFor()
    checkout.push(performance.now() - startMs)
    await page.close()
  }
  await browser.close()
  await site.close()
  await stack.close()
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(loads / 2)] ?? Number.NaN
  return { bundles: bundles(), sdkReadyMs: middle(sdk), checkoutReadyMs: middle(checkout) }
}

/** Each other language is a chunk of its own. */
function isOfLanguage(name: string): boolean {
  return [...languageTags, 'pseudo'].some((tag) => name.startsWith(`${tag.toLowerCase()}-`))
}

function bundles(): PageFigures['bundles'] {
  const dist = join(root, 'packages/sdk/dist')
  const inEnglish = readdirSync(join(dist, 'checkout/assets')).filter((name) => !isOfLanguage(name))
  const assets = inEnglish.map((name) => `checkout/assets/${name}`)
  const sizeOf = (name: string, files: readonly string[]) => {
    const contents = files.map((file) => readFileSync(join(dist, file)))
    const sum = (size: (content: Buffer) => number) => contents.reduce((total, content) => total + size(content), 0)
    return {
      name,
      raw: sum((content) => content.length),
      gzip: sum((content) => gzipSync(content).length),
      brotli: sum((content) => brotliCompressSync(content).length),
    }
  }
  return [
    sizeOf('sdk.js', ['sdk.js']),
    sizeOf(
      'checkout, scripts',
      assets.filter((name) => name.endsWith('.js')),
    ),
    sizeOf(
      'checkout, styles',
      assets.filter((name) => name.endsWith('.css')),
    ),
  ]
}
