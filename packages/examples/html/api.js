/** What `serve.ts` writes into the page: where OpenCredits runs, and the publishable key of this app. */
const { baseUrl, publishableKey, sandbox } = document.body.dataset
export const settings = { baseUrl, publishableKey, isSandbox: sandbox === 'yes' }

/**
 * Calls OpenCredits with the user's key. A page without a backend may do this: the key is the user's own. The SDK's own
 * `fetch` sends the key to OpenCredits only, and reads the balance anew after each call that was paid.
 *
 * @returns the parsed answer, or null where there is none
 */
export async function readApi(path) {
  const response = await OpenCredits.fetch(path).catch(() => null)
  return response?.ok ? response.json() : null
}

const recordTries = 60
const recordDelayMs = 500

/**
 * The bill of one call. It is there as soon as an answer has ended; a call that the user stopped is read on by the
 * server for the provider's count, so it is waited for.
 */
export async function readRequest(requestId) {
  for (let tries = 0; tries < recordTries; tries += 1) {
    const request = await readApi(`/v1/credits/requests/${requestId}`)
    if (request === null || request.status !== 'running') return request
    await new Promise((resolve) => setTimeout(resolve, recordDelayMs))
  }
  return null
}
