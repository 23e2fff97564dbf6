import { createShop, expect, test } from '../fixtures.ts'
import { bundleReactApp, startReactApp } from '../react-app.ts'

/** An app of React as a partner writes it, rendered on a server, hydrated in StrictMode, with the package as it is built. */
const appSource = (init: object) => `
import { BuyCreditsButton, CreditBalance, OpenCreditsProvider, useOpenCredits } from '@opencredits/sdk/react'
import { createElement as h, StrictMode, useState } from 'react'
import { hydrateRoot } from 'react-dom/client'

window.calls = []

function Ask() {
  const { fetch, open, userKey } = useOpenCredits()
  const [answer, setAnswer] = useState('nothing')
  const ask = async () => {
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Hi [[sandbox: text="Hello!"]]' }] }),
    })
    if (response.ok) return setAnswer((await response.json()).choices[0].message.content)
    const { status } = await open({ amount: 10 })
    if (status !== 'closed') await ask()
  }
  return h('p', null, h('button', { onClick: ask }, 'Ask'), ' ', h('b', null, answer), h('i', null, userKey === null ? 'guest' : 'known'))
}

const App = h(OpenCreditsProvider, {
    ...${JSON.stringify(init)},
    onPurchaseCompleted: (purchase) => window.calls.push(['onPurchaseCompleted', purchase]),
  },
  h(Ask), h('p', null, 'Credits: ', h(CreditBalance)), h(BuyCreditsButton))
hydrateRoot(document.getElementById('root'), h(StrictMode, null, App))
`
const serverMarkup =
  '<p><button>Ask</button> <b>nothing</b><i>guest</i></p><p>Credits: <span>–</span></p><button type="button">Buy credits</button>'

test('React: a question that nobody can pay for yet buys credits and is asked again', async ({ page, site, stack }) => {
  const app = await startReactApp(serverMarkup)
  const partner = stack.createPartner({ origins: [app.origin] })
  app.script = await bundleReactApp(
    appSource({ publishableKey: partner.publishable_key, baseUrl: stack.url, locale: 'en' }),
  )
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    // A 401 is what the page begins with.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load')) problems.push(message.text())
  })
  const shop = createShop(page, site, partner)
  await page.goto(app.origin)
  await page.getByRole('button', { name: 'Ask' }).click()
  await shop.fillCard(shop.stripe)
  await shop.waitForCall('onPurchaseCompleted')
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  await expect(page.locator('b')).toHaveText('Hello!')
  // What the answer cost is gone from it already.
  await expect(page.getByText('Credits:')).toHaveText(/^Credits: 999\.\d+$/)
  await page.reload()
  await expect(page.getByText('Credits:')).toHaveText(/^Credits: 999\.\d+$/)
  await expect(page.getByText('known')).toBeVisible()
  await page.getByRole('button', { name: 'Buy credits' }).dblclick()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  await expect(page.locator('dialog')).toHaveCount(1)
  expect(problems).toEqual([])
  await app.close()
})
