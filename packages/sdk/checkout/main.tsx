import './style.css'
import './screens.css'
import './states.css'
import './controls.css'
import './limits.css'
import './low.css'
import type { CheckoutAppConfig } from '@opencredits/protocol'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { createCheckoutApi } from './api.ts'
import { App } from './app.tsx'
import { applyAppearance, decideTheme } from './appearance.ts'
import { createController } from './controller.ts'
import { createFrameHeight } from './frame-height.ts'
import { loadStripePage } from './load-stripe-page.ts'
import { connectPage, type PageChannel } from './page-channel.ts'
import { readConfig } from './read-config.ts'
import { loadAccountScreens } from './screens/load-account-screens.tsx'
import { loadTestWorld } from './test-world/load-test-world.ts'

const config = readConfig()
if (config !== null) start(config)

function start(known: CheckoutAppConfig): void {
  let channel: PageChannel = { send: () => {}, protocol: 1 }
  const controller = createController(known, createCheckoutApi(known), () => channel)
  effect(() => {
    document.title = controller.words.value('title', { app: known.appName })
  })
  const root = document.getElementById('root')
  if (root === null) return
  const draw = () => render(<App controller={controller} config={known} />, root)
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    controller.requestClose()
  })
  // A browser may keep a frame from taking the focus before it is given it; then the heading has still to be reached.
  addEventListener('focus', () => {
    if (document.activeElement === document.body) document.querySelector('h1')?.focus({ preventScroll: true })
  })
  if (known.parentOrigin === null || parent === window) {
    applyAppearance(decideTheme('auto'), known.accentColor)
    draw()
    return
  }
  const frameHeight = createFrameHeight((heightPx) => channel.send({ type: 'resized', heightPx }))
  channel = connectPage(known.parentOrigin, (message) => {
    if (message.type === 'open') applyAppearance(decideTheme(message.theme), known.accentColor)
    controller.onPageMessage(message)
    if (message.type !== 'open') return
    // Not before: nobody sees the frame until now, and a slow phone draws one screen sooner than two.
    if (!root.hasChildNodes()) draw()
    void whenSpoken(controller.spoken(), known.livemode || loadTestWorld()).then(() => {
      frameHeight.reportNow()
      channel.send({ type: 'opened' })
      loadAccountScreens()
        .then(({ countOpen }) => countOpen(known.publishableKey))
        .catch(() => {})
      const { stripe } = known
      if (message.mode === 'embedded' && stripe)
        loadStripePage()
          .then(({ warmUpStripe }) => warmUpStripe(stripe))
          .catch(() => {})
    })
  })
}

const wordsWithinMs = 3000

/**
 * Once the words, and in the test world its banner, are there and drawn: nobody sees English flash by, and the dialog has
 * its height before it is seen. Where they take too long it is opened in English, and they follow.
 */
async function whenSpoken(...parts: readonly unknown[]): Promise<void> {
  await Promise.race([Promise.allSettled(parts), new Promise((tooLong) => setTimeout(tooLong, wordsWithinMs))])
  await new Promise((drawn) => setTimeout(drawn))
}
