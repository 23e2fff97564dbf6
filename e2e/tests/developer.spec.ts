import type { Page } from '@playwright/test'
import { loaderStub } from '../../packages/sdk/src/loader-stub.ts'
import { cards, createShop, expect, test } from '../fixtures.ts'
import { startPartnerSite } from '../partner-site.ts'

/** What a developer meets on the first day: each slip is named, and each way to load the script works. */

/** What the page's console says of errors and warnings. */
function consoleOf(page: Page): string[] {
  const said: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text())
  })
  return said
}

const problem = (page: Page) => page.locator('dialog').getByRole('alert')
/** The screen has to be there a second after the click; the rest is for a busy machine. */
const soon = { timeout: 3_000 }

test('a wrong key, a wrong origin and slips in options are told at once; what is printed helps', async ({
  page,
  stack,
  partner,
}) => {
  const stranger = await startPartnerSite(stack.url, 'stranger.localhost')
  const shop = createShop(page, stranger, partner)
  const said = consoleOf(page)
  await shop.visit({ publishableKey: 'oc_pk_nobody', onPurchaseComplete: 1, locale: 'english' })
  await expect.poll(() => said.join('\n')).toContain('publishable_key: unknown')
  expect(said.join('\n')).toContain("unknown option 'onPurchaseComplete'. Did you mean onPurchaseCompleted")
  expect(said.join('\n')).toContain("unknown locale 'english'")
  await shop.open()
  await expect(problem(page)).toContainText('publishable_key: unknown', soon)
  expect(await shop.waitForCall('onError')).toMatchObject({ code: 'invalid_request' })
  // One line each for the load and the click, and none of the browser's own.
  const errors = said.filter((line) => !line.includes('unknown option') && !line.includes('unknown locale'))
  expect(errors.map((line) => line.split(':')[0])).toEqual(['OpenCreditsError', 'OpenCreditsError'])

  await shop.visit({ currency: 'gbp' })
  await shop.open()
  const refused = `partner update ${partner.id} --origin ${stranger.origin}`
  await expect(problem(page)).toContainText(refused, soon)
  await expect.poll(() => said.join('\n')).toContain(refused)
  expect(await shop.waitForCall('onError')).toMatchObject({ code: 'origin_not_allowed' })
  stack.cli('partner', 'update', partner.id, '--origin', stranger.origin)
  // The server keeps an app's terms for a moment.
  await page.waitForTimeout(2_000)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(problem(page)).toContainText('currency: gbp is not enabled here; expected one of usd, eur', soon)
  await page.keyboard.press('Escape')
  await expect(page.locator('dialog')).toBeHidden()

  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await stranger.close()
})

test('a server that is away is told within a second, and the next try finds it again', async ({ shop, stack }) => {
  const said = consoleOf(shop.page)
  await shop.visit()
  await stack.kill('SIGTERM')
  const clickedAtMs = Date.now()
  await shop.open({ amount: 10 })
  await expect(problem(shop.page)).toContainText('The checkout cannot be reached', soon)
  expect(Date.now() - clickedAtMs).toBeLessThan(3_000)
  expect(await shop.waitForCall('onError')).toMatchObject({ code: 'network_error' })
  // As high as its words, and no higher.
  expect((await shop.page.locator('dialog').boundingBox())?.height).toBeLessThan(350)
  expect(said.join('\n')).toContain(`OpenCredits could not be reached at ${stack.url}`)
  await shop.page.getByRole('button', { name: 'Try again' }).click()
  await expect(problem(shop.page)).toBeVisible(soon)
  await expect(shop.page.getByRole('button', { name: 'Try again' })).toBeFocused()
  await shop.page.getByRole('button', { name: 'Close' }).click()
  await stack.restart()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
})

test('the async loader, a module script and a script in the head start by their attributes', async ({
  page,
  site,
  stack,
  partner,
}) => {
  const source = `${stack.url}/assets/sdk.js`
  const said = consoleOf(page)
  const attributes = `src="${source}" data-publishable-key="${partner.publishable_key}" data-currency="eur"`
  const pageOf = (head: string, body = '') =>
    site.address({
      init: {},
      html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Partner</title><link rel="icon" href="data:,">${head}</head><body><main><h1>Mine</h1>${body}</main></body></html>`,
    })
  const opensInEuros = async () => {
    const frame = page.frameLocator('dialog iframe')
    await expect(frame.getByRole('radio', { name: /^10 euros/ })).toBeVisible()
  }
  // Opened by a queued call, before the script or a body are there.
  await page.goto(
    pageOf(
      `<script>${loaderStub}</script><script>window.outcome = OpenCredits.open()</script><script async ${attributes}></script>`,
    ),
  )
  await opensInEuros()
  await page.keyboard.press('Escape')
  expect(await page.evaluate('outcome')).toMatchObject({ status: 'closed' })

  for (const kind of ['type="module"', 'defer', '']) {
    await page.goto(pageOf(`<script ${kind} ${attributes}></script>`, '<opencredits-button></opencredits-button>'))
    await page.getByRole('button', { name: 'Buy credits' }).click()
    await opensInEuros()
  }
  await page.goto(
    pageOf(
      `<script type="module">import '${source}'; OpenCredits.init({ publishableKey: '${partner.publishable_key}' }); OpenCredits.open()</script>`,
    ),
  )
  await expect(page.frameLocator('dialog iframe').getByRole('heading', { name: 'Add credits' })).toBeVisible()
  expect(said).toEqual([])
})

test('elements sell and show the balance, which stays true after calls, streams, sign-out and in other tabs', async ({
  page,
  context,
  site,
  stack,
  partner,
}) => {
  const shop = createShop(page, site, partner)
  const address = site.address({
    init: {},
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Partner</title><link rel="icon" href="data:,">
<script async src="${stack.url}/assets/sdk.js" data-publishable-key="${partner.publishable_key}"></script></head>
<body><p>Credits: <opencredits-balance>none</opencredits-balance></p><opencredits-button amount="10">Top up</opencredits-button></body></html>`,
  })
  const other = await context.newPage()
  const balances = [page, other].map((tab) => tab.locator('opencredits-balance'))
  const show = async (text: string | RegExp) => {
    for (const balance of balances) await expect(balance).toHaveText(text)
  }
  for (const tab of [other, page]) await tab.goto(address)
  await show('none')
  await page.getByRole('button', { name: 'Top up' }).press('Enter')
  await shop.fillCard(shop.stripe, cards.good)
  await show('1,000')
  await expect(shop.frame.getByRole('status')).toContainText('1,000')
  await page.keyboard.press('Escape')
  const ask = (isStream: boolean) =>
    page.evaluate(async (stream) => {
      const body = JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: 'Hi' }] })
      const headers = { 'Content-Type': 'application/json' }
      const response = await window.OpenCredits?.fetch('/v1/chat/completions', { method: 'POST', headers, body })
      return (await response?.text()) ?? ''
    }, isStream)
  const left = async () => Number((await page.evaluate(() => window.OpenCredits?.getBalance())) ?? 0)
  const shown = (credits: number) => (Math.floor(credits * 100) / 100).toLocaleString('en')
  let before = 1000
  for (const isStream of [false, true]) {
    expect(await ask(isStream)).toContain(isStream ? 'data: [DONE]' : '"choices"')
    await expect(balances[1] ?? page.locator('none')).not.toHaveText(shown(before))
    const now = await left()
    expect(now).toBeLessThan(before)
    await show(shown(now))
    before = now
  }
  await other.evaluate(() => window.OpenCredits?.logout())
  await show('none')
})
