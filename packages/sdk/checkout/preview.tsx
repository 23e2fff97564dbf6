import './style.css'
import './screens.css'
import './states.css'
import './controls.css'
import './limits.css'
import './low.css'
import { type CheckoutAppConfig, type PreviewAnswer, parseShowPreview, type ShowPreview } from '@opencredits/protocol'
import { render } from 'preact'
import { createCheckoutApi } from './api.ts'
import { App } from './app.tsx'
import { applyAppearance } from './appearance.ts'
import { type CheckoutState, initialState } from './checkout-state.ts'
import { type Controller, createController } from './controller.ts'
import { readConfig } from './read-config.ts'
import { amountScreen } from './screen-state.ts'
import { loadAccountScreens } from './screens/load-account-screens.tsx'
import { loadTestWorld } from './test-world/load-test-world.ts'

const known = readConfig()
const page = document.getElementById('root')
if (known !== null && page !== null) startPreview(known, page)

/**
 * The checkout as the console shows it to an app's maker, with branding that is not saved yet. It is a picture: nothing in it
 * can be pressed, and the policy of its page lets it call nobody. It listens to a page of its own origin alone, which frames it.
 */
function startPreview(config: CheckoutAppConfig, root: HTMLElement): void {
  if (parent === window) return
  root.inert = true
  let shown: { readonly appName: string; readonly controller: Controller } | null = null
  const tell = (answer: PreviewAnswer) => parent.postMessage(answer, location.origin)
  const show = ({ branding, theme, screen }: ShowPreview) => {
    const branded = { ...config, ...branding }
    // The words of its screens have the app's name in them.
    if (shown?.appName !== branding.appName) {
      const api = createCheckoutApi(config)
      const channel = { send: () => {}, protocol: 1 }
      shown = { appName: branding.appName, controller: createController(branded, api, () => channel) }
    }
    shown.controller.state.value = states[screen]
    applyAppearance(theme, branding.accentColor)
    render(<App key={branding.logoUrl} controller={shown.controller} config={branded} />, root)
  }
  addEventListener('message', ({ data, origin, source }) => {
    if (origin !== location.origin || source !== parent) return
    const message = parseShowPreview(data)
    if (message !== null) show(message)
  })
  new ResizeObserver(() => {
    const heightPx = Math.ceil(document.body.getBoundingClientRect().height)
    if (heightPx > 0) tell({ opencredits: 'preview', type: 'resized', heightPx })
  }).observe(document.body)
  // Whatever cannot be loaded is left out of the picture.
  void Promise.allSettled([loadAccountScreens(), config.livemode || loadTestWorld()]).then(() =>
    tell({ opencredits: 'preview', type: 'ready' }),
  )
}

const bought = 1000

const states: Readonly<Record<ShowPreview['screen'], CheckoutState>> = {
  amounts: { ...initialState, screen: amountScreen },
  sign_in: { ...initialState, screen: { name: 'email', problem: null, isBusy: false } },
  success: {
    ...initialState,
    user: { email: null, is_guest: false, balance: bought },
    screen: {
      name: 'success',
      ...{ balance: bought, creditsAdded: bought, userKey: '', sessionId: '', emailHint: null },
      ...{ loginId: null, hasResent: false, problem: null, isBusy: false },
    },
  },
}
