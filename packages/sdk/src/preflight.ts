import { callApi } from './api.ts'
import { OpenCreditsError } from './options.ts'
import type { Page } from './page.ts'

const answerWithinMs = 5_000
const problemCodes = ['network_error', 'invalid_request', 'origin_not_allowed']

/**
 * Asks the server what would keep the checkout from coming up in this page, because the browser does not say why it
 * blocks a frame. Whoever develops the page reads it on the console, with what to do.
 * @param cache `no-store` where it has to be true right now
 * @returns null: nothing
 */
export async function findProblem(page: Page, currency: string, cache: RequestCache): Promise<OpenCreditsError | null> {
  const { baseUrl, options } = page
  const query = new URLSearchParams({ publishable_key: options.publishableKey, origin: location.origin, currency })
  try {
    const signal = AbortSignal.timeout(answerWithinMs)
    await callApi(baseUrl, `/v1/checkout/preflight?${query}`, { cache, signal })
    return null
  } catch (error) {
    // Others, such as too many requests, or a server that is older than this package, say nothing about the page.
    if (!(error instanceof OpenCreditsError) || !problemCodes.includes(error.code)) return null
    console.error(error)
    return error
  }
}

/** The currency that the app sells in, where an `open` names no other. */
export function currencyOf({ options }: Page): string {
  return (options.currency ?? 'usd').toLowerCase()
}
