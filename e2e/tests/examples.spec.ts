import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { checkoutOf, type ExamplesStack, payWithTestCard, startExamples } from '../examples-stack.ts'
import { pictureRules, usePicturedFont } from '../pictured-font.ts'

/** What `npm start` starts, used as a visitor would: the examples cannot rot. */
let examples: ExamplesStack

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  examples = await startExamples()
})
test.afterAll(() => examples.close())

/** A month by the hour has 7,000 tokens. */
const longAnswer = { timeout: 45_000 }

const ask = (page: Page) => page.getByRole('button', { name: 'Plan my trip' })
const balanceOf = async (page: Page) => Number.parseFloat((await page.locator('#balance').textContent()) ?? '')

/** The visitor's history by the API, with the key that the page has. */
const historyOf = (page: Page) =>
  page.evaluate<readonly { readonly id: string; readonly type: string; readonly credits: number }[]>(
    `fetch(document.body.dataset.baseUrl + '/v1/credits/history', { headers: { 'X-User-Key': OpenCredits.getUserKey() } })
      .then((response) => response.json()).then(({ data }) => data)`,
  )

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).exclude('dialog iframe').analyze()
    expect(violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes[0]?.html}`)).toEqual([])
  }
}

test('npm start prints the demo first', () => {
  expect(/http:\/\/\S+/.exec(examples.printed)?.[0]).toBe(examples.demoUrl)
})

test('both examples look as they did: by day, by night, on a phone, at 200 %, in forced colours', async ({
  browser,
}) => {
  const views = {
    light: { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
    dark: { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
    zoomed: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
    forced: { forcedColors: 'active', viewport: { width: 640, height: 900 } },
  } as const
  for (const [name, options] of Object.entries(views)) {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
    await usePicturedFont(context)
    const page = await context.newPage()
    await page.goto(examples.demoUrl)
    await expect(page.getByText('0.57 credits', { exact: true })).toBeVisible()
    await expect(page.locator('#earned')).toHaveText('$0.00')
    await expect(page).toHaveScreenshot(`wander-${name}.png`, pictureRules)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0)
    if (name !== 'zoomed') {
      await page.goto(examples.backendUrl)
      await expect(page.locator('#balance')).toHaveText('0 credits')
      await expect(page).toHaveScreenshot(`postcards-${name}.png`, pictureRules)
    }
    await context.close()
  }
})

test('the demo: buy, ask once however often one clicks, see the cost, the share and the history', async ({
  page,
  browser,
}) => {
  await page.goto(examples.demoUrl)
  await expect(page.locator('#balance')).toHaveText('0 credits')
  await expect(page.locator('#earned')).toHaveText('$0.00')
  await expectAccessible(page)

  await ask(page).click()
  await payWithTestCard(page)
  const text = page.locator('#text')
  await expect(text).toHaveAttribute('aria-busy', 'true')
  const early = (await text.textContent()) ?? ''
  await page.evaluate("for (const _ of 'xxx') document.getElementById('plan').requestSubmit()")
  await expect(text).toHaveAttribute('aria-busy', 'false')
  expect((await text.textContent())?.length).toBeGreaterThan(early.length)
  await expect(page.locator('#text h4')).toHaveCount(3)
  await expect(page.locator('#cost')).toHaveText(
    /^This answer cost 0\.\d\d credits \(less than \$0\.01\), for \d+ tokens\.$/,
  )

  const history = await historyOf(page)
  expect(history.map(({ type }) => type)).toEqual(['usage', 'purchase'])
  const charge = -(history[0]?.credits ?? 0)
  await expect(page.locator('#balance')).toHaveText(`${Math.floor((100 - charge) * 100) / 100} credits`)
  const bill = page.locator('.bill')
  await expect(bill.getByRole('row', { name: 'The user paid' })).toContainText(String(charge))
  const share = (await bill.getByRole('row', { name: 'The partner’s share' }).getByRole('cell').textContent()) ?? ''
  await expect(bill.getByRole('row', { name: 'user’s wallet → partner' })).toContainText(share)
  await expect(bill.getByRole('row', { name: 'user’s wallet → provider cost' })).toBeVisible()
  await expect(page.locator('#earned-words')).toContainText(`${share} credits, by the ledger: 10 %`)
  await expectAccessible(page)

  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 700 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    // Name and links in one line.
    const [name, link] = [page.locator('.brand'), page.getByRole('link', { name: 'With a backend' })]
    const middleOf = async (one: typeof name) => {
      const box = await one.boundingBox()
      return (box?.y ?? 0) + (box?.height ?? 0) / 2
    }
    expect(Math.abs((await middleOf(name)) - (await middleOf(link)))).toBeLessThan(4)
  }
  // What others have brought the partner is not shown as this visitor's.
  const other = await (await browser.newContext()).newPage()
  await other.goto(examples.demoUrl)
  await expect(other.locator('#earned-words')).toHaveText(/^0 credits, by the ledger/)
  await other.getByRole('button', { name: 'Start with one dollar' }).click()
  await expect(checkoutOf(other).frameLocator('iframe').getByText('100 AI credits for Wander')).toBeVisible()
  await other.context().close()
  await page.reload()
  await expect(page.locator('.feed li')).toHaveCount(2)
  await page.locator('#trip-list button').click()
  await expect(page.locator('#text h4')).toHaveCount(3)
  await expect(page.locator('#cost')).toContainText('This answer cost')
})

test('the demo: run out, top up, and the question goes on; a cut stream; log out', async ({ page }) => {
  test.slow()
  await page.goto(examples.demoUrl)
  await page.getByRole('button', { name: 'choose Opus and a month' }).click()
  // The sandbox would take its time, as a model does.
  await page.locator('#wish').fill('[[sandbox: delay=1]]')
  const notice = page.locator('#notice')
  await ask(page).click()
  await payWithTestCard(page)
  await expect(page.locator('#cost')).toContainText('This answer cost', longAnswer)
  await expect(ask(page)).toBeVisible()
  await ask(page).click()
  await expect(notice).toHaveText(/^Your credits ended here, and so does the answer/, longAnswer)
  expect(await balanceOf(page)).toBeLessThan(5)

  await ask(page).click()
  const checkout = checkoutOf(page)
  await expect(checkout.getByText(/^The next request needs about \d+ credits\.$/)).toBeVisible()
  await checkout.getByRole('button', { name: 'Close' }).click()
  await expect(notice).toHaveText('Nothing was bought, so nothing was asked. Your question is still here.')
  await ask(page).click()
  await payWithTestCard(page, '5')
  await expect(page.locator('#text h4')).toHaveCount(30, longAnswer)
  await expect(page.locator('#trip-list li')).toHaveCount(3)
  await expect(ask(page)).toBeVisible()

  await page.locator('#wish').fill('[[sandbox: cut-after=40]]')
  await page.getByRole('radio', { name: 'Weekend' }).check()
  await ask(page).click()
  await expect(notice).toHaveText(/^The answer broke off\. What arrived is kept/)
  await expect(page.locator('#text h4').first()).toContainText('Day 1')
  await expect(page.locator('#cost')).toContainText('This answer cost')
  await expect(page.locator('.bill .note')).toBeVisible()

  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('button', { name: 'Stay' }).click()
  expect(await page.evaluate('OpenCredits.getUserKey()')).toMatch(/^oc_sk_/)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('button', { name: 'Log out anyway' }).click()
  await expect(page.locator('#balance')).toHaveText('0 credits')
  await expect(page.locator('#trips')).toBeHidden()
  expect(await page.evaluate('OpenCredits.getUserKey()')).toBeNull()
})

test('the app with a backend: the key stays on the server', async ({ page, context, request }) => {
  await page.goto(examples.backendUrl)
  const write = page.getByRole('button', { name: 'Write my postcard' })
  const cards = page.locator('#cards li')
  await write.dblclick()
  // An app of its own, and nobody chooses the amount for its user.
  await expect(checkoutOf(page).getByText('Postcards', { exact: true })).toBeVisible()
  await expect(checkoutOf(page).getByRole('radio', { name: /^10 / })).toBeChecked()
  await payWithTestCard(page, '5')
  await expect(cards).toHaveCount(1)
  await expect(cards).toContainText('Greetings from Kyoto!')
  await expect(cards).toContainText(/0\.\d+ credits \(less than \$0\.01\)/)
  await expectAccessible(page)
  await expectNoKey(page)
  const left = await balanceOf(page)
  expect(left).toBeGreaterThan(499)
  expect(left).toBeLessThan(500)

  // A new page knows nothing, and its purchase still goes to the same wallet.
  await page.reload()
  await expect(cards).toHaveCount(1)
  await page.locator('#wish').fill('[[sandbox: usage-output=302500]]')
  await write.click()
  await expect(cards).toHaveCount(2)
  await expect.poll(() => balanceOf(page)).toBeLessThan(1)
  const rest = await balanceOf(page)
  await page.locator('#wish').fill('I fed the deer')
  await write.click()
  await expect(checkoutOf(page).getByText(/^The next request needs about \d+ credits?\.$/)).toBeVisible()
  await payWithTestCard(page, '5')
  await expect(cards).toHaveCount(3)
  await expect(cards.first()).toContainText('as promised: I fed the deer.')
  await expect.poll(() => balanceOf(page)).toBeGreaterThan(498 + rest)
  await expectNoKey(page)

  await page.locator('#wish').fill('[[sandbox: cut-after=12]]')
  await write.click()
  await expect(page.locator('#notice')).toHaveText(/^The postcard broke off/)
  await expect(cards).toHaveCount(4)
  await expect(cards.first()).toContainText('It broke off here.')

  const cookies = await context.cookies()
  expect(cookies).toHaveLength(1)
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  const cookie = `${cookies[0]?.name}=${cookies[0]?.value}`
  for (const path of ['/api/key', '/api/checkout', '/api/postcards', '/log-out'])
    expect((await request.post(examples.backendUrl + path, { headers: { cookie }, data: {} })).status()).toBe(403)

  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.locator('#balance')).toHaveText('0 credits')
  await expect(cards).toHaveCount(0)
})

/** Neither the page nor anything that a script of it can read. */
async function expectNoKey(page: Page): Promise<void> {
  const readable = await page.evaluate<string>(
    'JSON.stringify([document.documentElement.outerHTML, document.cookie, { ...localStorage }, { ...sessionStorage }, OpenCredits.getUserKey()])',
  )
  expect(readable).not.toContain('oc_sk_')
}
