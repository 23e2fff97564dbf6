import { createOpenCredits } from './create-open-credits.ts'
import type { OpenCreditsApi } from './options.ts'

declare global {
  interface Window {
    OpenCredits?: OpenCreditsApi
  }
}

/** The script tag: `window.OpenCredits`. A second tag finds the first one's and leaves it. */
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href
window.OpenCredits ??= createOpenCredits(new URL(script, location.href).origin)
