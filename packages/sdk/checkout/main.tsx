import './style.css'
import './controls.css'
import type { CheckoutAppConfig } from '@opencredits/protocol'
import { render } from 'preact'
import { createCheckoutApi } from './api.ts'
import { App } from './app.tsx'
import { applyAccent, applyTheme } from './appearance.ts'
import { createController } from './controller.ts'
import { connectPage, type PageChannel } from './page-channel.ts'
import { strings } from './strings.ts'

const config = readConfig()
if (config !== null) start(config)

function start(known: CheckoutAppConfig): void {
  let channel: PageChannel = { send: () => {} }
  const controller = createController(known, createCheckoutApi(known.publishableKey), () => channel)
  document.title = strings.title(known.appName)
  if (known.accentColor !== null) applyAccent(known.accentColor)
  applyTheme('auto')
  const root = document.getElementById('root')
  if (root === null) return
  render(<App controller={controller} config={known} />, root)
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    controller.requestClose()
  })
  if (known.parentOrigin === null || parent === window) return
  channel = connectPage(known.parentOrigin, (message) => {
    if (message.type === 'open') {
      applyTheme(message.theme)
      document.documentElement.lang = 'en'
    }
    controller.onPageMessage(message)
  })
}

/** Written into the page by the server. */
function readConfig(): CheckoutAppConfig | null {
  const text = document.getElementById('opencredits-config')?.textContent
  return text === undefined || text === null ? null : JSON.parse(text)
}
