import type { OpenCreditsApi } from './options.ts'
import { startScript } from './start-script.ts'

declare global {
  interface Window {
    OpenCredits?: OpenCreditsApi
  }
}

startScript()
