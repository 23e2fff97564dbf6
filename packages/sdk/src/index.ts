import { createOpenCredits } from './create-open-credits.ts'

export { version } from './create-open-credits.ts'
export * from './options.ts'

/** The SDK for bundlers. Importing it touches nothing; `init` and `open` need a browser. */
export const OpenCredits = createOpenCredits('https://opencredits.ai')
export { OpenCredits as default }
