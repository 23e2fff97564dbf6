import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { createShop, expect, type Shop, test } from '../fixtures.ts'
import { decodeMails } from '../mail-box.ts'

/** The checkout in the user's language: whole purchases, and what longer words and the other direction do to it. */

const frameLanguage = (shop: Shop) =>
  shop.frame
    .locator('html')
    .evaluate((html) => [html.getAttribute('lang'), html.getAttribute('dir'), getComputedStyle(html).direction])

/** No word is cut off and nothing reaches out of the frame. A word that may be shortened says so by its style. */
const fits = async (shop: Shop, screen: string) => {
  const cut = await shop.frame.locator('html').evaluate((html) => {
    const isCut = (element: Element) => {
      const style = getComputedStyle(element)
      if (style.textOverflow === 'ellipsis' || element.closest('.visually-hidden, [hidden], .skeleton') !== null)
        return false
      const isHolding = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '')
      return isHolding && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline'
    }
    const wide = html.scrollWidth > innerWidth ? [`page ${html.scrollWidth} > ${innerWidth}`] : []
    return [
      ...wide,
      ...[...document.querySelectorAll('body *')].filter(isCut).map((one) => one.outerHTML.slice(0, 120)),
    ]
  })
  // A placeholder does not count into an input's scroll width.
  const placeholder = await shop.frame.locator('body').evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#other-amount')
    if (input === null || input.value !== '') return []
    const context = document.createElement('canvas').getContext('2d')
    if (context === null) return ['no canvas']
    context.font = getComputedStyle(input, '::placeholder').font
    const widthPx = context.measureText(input.placeholder).width
    return widthPx > input.clientWidth + 1 ? [`${input.placeholder}: ${widthPx} > ${input.clientWidth}`] : []
  })
  expect([screen, ...cut, ...placeholder]).toEqual([screen])
}

const axe = async (page: Page, screen: string) => {
  const { violations } = await new AxeBuilder({ page })
    .exclude(['dialog iframe', 'iframe[title="Secure payment"]'])
    .analyze()
  expect(violations.map(({ id, nodes }) => `${screen}: ${id}: ${nodes[0]?.html}`)).toEqual([])
}

/** Through all screens of a purchase, by what does not change with the language. */
async function buy(shop: Shop, look: (screen: string) => Promise<void>, email: string): Promise<void> {
  await expect(shop.frame.locator('.reach')).toBeVisible()
  await look('amount')
  await shop.frame.locator('#other-amount').fill('x')
  await shop.frame.locator('.primary').click()
  await look('wrong amount')
  await shop.frame.locator('.account .link').click()
  await shop.frame.locator('input[type=email]').fill(email)
  await look('email')
  await shop.frame.locator('.primary').click()
  await expect(shop.frame.locator('.code')).toBeVisible()
  await shop.frame.locator('.code').fill('000000')
  await shop.frame.locator('.primary').click()
  await expect(shop.frame.getByRole('alert')).not.toBeEmpty()
  await look('code')
  await shop.frame.locator('.back').click()
  await shop.frame.locator('.back').click()
  await shop.frame.locator('input[type=radio]').nth(1).check()
  await shop.frame.locator('.primary').click()
  await expect(shop.stripe.locator('#card')).toBeVisible()
  await look('payment')
  await shop.stripe.locator('#card').fill('4242 4242 4242 4242')
  await shop.stripe.locator('#expiry').fill('12 / 34')
  await shop.stripe.locator('#cvc').fill('123')
  await shop.stripe.locator('#pay').click()
  await expect(shop.frame.locator('.tick')).toBeVisible()
  await look('success')
}

test('German: a whole purchase in euros, and no English flashes by', async ({ shop }) => {
  await shop.page.addInitScript(() => {
    if (parent === window) return
    const seen: string[] = []
    Object.assign(window, { seen })
    const look = () => seen.push(document.querySelector('h1')?.textContent ?? '')
    // The page shows the frame once it is told that it is opened.
    const post = MessagePort.prototype.postMessage
    MessagePort.prototype.postMessage = function (message: { type?: string }) {
      if (message.type === 'opened') {
        look()
        new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true })
      }
      post.call(this, message)
    }
  })
  await shop.page.route('**/assets/de-*.js', async (route) => {
    await new Promise((slow) => setTimeout(slow, 400))
    await route.continue()
  })
  await shop.visit({ locale: 'de-DE', currency: 'eur' })
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Credits aufladen' })).toBeFocused()
  expect(await frameLanguage(shop)).toEqual(['de', 'ltr', 'ltr'])
  await expect(shop.frame.getByRole('radio', { name: '10 Euro, 1.080 Credits' })).toBeChecked()
  await shop.frame.getByLabel('Anderer Betrag in EUR').fill('900,50')
  await expect(shop.frame.getByText('Gesamt 900,50 €')).toBeVisible()
  await shop.frame.getByRole('button', { name: 'Weiter zur Zahlung' }).click()
  await expect(shop.stripe.getByText('97.254 KI-Credits für Acme Notes')).toBeVisible()
  await expect(shop.stripe.getByRole('heading', { name: '900,50 €' })).toBeVisible()
  await shop.stripe.getByLabel('Kartennummer').fill('4242 4242 4242 4242')
  await shop.stripe.getByLabel('Gültig bis').fill('12 / 34')
  await shop.stripe.getByLabel('Prüfziffer').fill('123')
  await shop.stripe.getByRole('button', { name: 'Bezahlen' }).click()
  await expect(shop.frame.getByRole('heading', { name: 'Credits gutgeschrieben' })).toBeVisible()
  await expect(shop.frame.locator('.sum')).toHaveText('97.254 Credits')
  const seen = await shop.frame.locator('html').evaluate((): readonly string[] => Reflect.get(window, 'seen'))
  expect(new Set(seen)).toEqual(
    new Set(['Credits aufladen', 'Zahlung', 'Ihre Zahlung wird geprüft …', 'Credits gutgeschrieben']),
  )
  await shop.frame.getByRole('button', { name: 'Jetzt nicht' }).click()
  expect(await shop.waitForCall('onComplete')).toMatchObject({ balance: 97_254 })
})

test('Japanese, by the browser alone: digits of full width, a new tab and back', async ({
  browser,
  site,
  stack,
  partner,
}) => {
  const context = await browser.newContext({ locale: 'ja-JP', reducedMotion: 'reduce' })
  const shop = createShop(await context.newPage(), site, partner)
  await shop.visit({ checkoutMode: 'new_tab' })
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'クレジットを追加' })).toBeVisible()
  await shop.frame.getByLabel('その他の金額 (USD)').fill('１０．５')
  await expect(shop.frame.getByText('1,050 クレジット')).toBeVisible()
  const opening = context.waitForEvent('page')
  await shop.frame.getByRole('button', { name: '新しいタブで支払う' }).click()
  const tab = await opening
  await tab.getByLabel('カード番号').fill('4242 4242 4242 4242')
  await tab.getByLabel('有効期限').fill('12 / 34')
  await tab.getByLabel('セキュリティコード').fill('123')
  await expect(tab.getByText('Acme Notes の AI クレジット 1,050')).toBeVisible()
  await tab.evaluate('window.close = () => {}')
  await tab.addInitScript('window.close = () => {}')
  await tab.getByRole('button', { name: '支払う' }).click()
  await expect(tab.getByRole('heading', { name: 'お支払いを受け付けました' })).toBeVisible()
  expect(await tab.locator('html').getAttribute('lang')).toBe('ja')
  await expect(shop.frame.getByRole('heading', { name: 'クレジットを追加しました' })).toBeVisible()
  // The way back keeps the language that the app asked for, whatever the browser's is.
  await tab.goto(`${stack.url}/checkout/cancelled?purchase=pur_nobody&locale=ar`)
  await expect(tab.getByRole('heading', { name: 'لم يتم العثور على هذه الدفعة' })).toBeVisible()
  expect(await tab.locator('html').getAttribute('dir')).toBe('rtl')
  await axe(tab, 'return page in Arabic')
  await context.close()
})

test('Arabic runs from right to left, fits 320 px, and axe finds nothing on any screen', async ({ shop }) => {
  await shop.page.setViewportSize({ width: 320, height: 568 })
  await shop.visit({ locale: 'ar-EG' })
  await shop.open({ reason: 'insufficient_credits', needed: 43 })
  await expect(shop.frame.getByRole('heading', { name: 'إضافة أرصدة' })).toBeVisible()
  expect(await frameLanguage(shop)).toEqual(['ar', 'rtl', 'rtl'])
  const middleOf = async (selector: string) => {
    const box = await shop.frame.locator(selector).first().boundingBox()
    return (box?.x ?? 0) + (box?.width ?? 0) / 2
  }
  // The way out is where the line ends, the name where it begins, and the arrow back points to it.
  expect(await middleOf('.close')).toBeLessThan(80)
  expect(await middleOf('.logo')).toBeGreaterThan(240)
  expect(await middleOf('.app-name')).toBeGreaterThan(160)
  await shop.frame.locator('#other-amount').fill('١٢٫٥')
  await expect(shop.frame.locator('.summary')).toContainText('١٬٢٥٠')
  await buy(
    shop,
    async (screen) => {
      await fits(shop, screen)
      await axe(shop.page, screen)
      if (screen === 'email')
        expect(await shop.frame.locator('.back svg').evaluate((svg) => getComputedStyle(svg).scale)).toBe('-1 1')
    },
    `arabic-${Date.now()}@example.com`,
  )
})

test('words that are 40 % longer are cut off nowhere at 320 px, and none is left in plain English', async ({
  shop,
}) => {
  await shop.page.setViewportSize({ width: 320, height: 568 })
  await shop.visit({ locale: 'en-XA' })
  await shop.open({ reason: 'insufficient_credits', needed: 43 })
  await expect(shop.frame.getByRole('heading', { name: '[Åðð çŕéðîţš' })).toBeVisible()
  await buy(
    shop,
    async (screen) => {
      await fits(shop, screen)
      const plain = await shop.frame.locator('body').evaluate((body) => {
        const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
        const left: string[] = []
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const text = node.textContent ?? ''
          const isOurs = node.parentElement?.closest('.app-name, .logo, script') === null
          if (isOurs && /\p{L}/u.test(text) && !text.includes('[')) left.push(text)
        }
        return left
      })
      expect([screen, ...plain]).toEqual([screen])
    },
    `long-${Date.now()}@example.com`,
  )
})

test('the code comes by a mail in French, and opens the account', async ({ shop, stack }) => {
  await shop.visit({ locale: 'fr-CA' })
  await shop.open()
  await shop.frame.getByRole('button', { name: 'Se connecter' }).click()
  const email = `francais-${Date.now()}@example.com`
  await shop.frame.getByLabel('E-mail').fill(email)
  await shop.frame.getByRole('button', { name: 'Envoyer le code' }).click()
  await expect(shop.frame.getByLabel('Code à huit chiffres')).toBeFocused()
  const code = await stack.codeFor(email)
  const mail = decodeMails(stack.mails()).split(`To: ${email}`)[1] ?? ''
  expect(mail).toContain(`${code} est votre code pour Acme Notes`)
  expect(mail).toContain('Il est valable dix minutes.')
  await shop.frame.getByLabel('Code à huit chiffres').fill(code)
  await shop.frame.getByRole('button', { name: 'Se connecter' }).click()
  await expect(shop.frame.getByLabel('Limite en crédits')).toHaveValue('500')
  await fits(shop, 'consent')
  await shop.frame.getByRole('button', { name: 'Autoriser' }).click()
  await expect(shop.frame.getByText(`Connecté en tant que ${email}`)).toBeVisible()
})
