import type { Page } from './page.ts'

const credentials = ['x-user-key', 'authorization', 'x-api-key']

/**
 * `fetch` for calls that credits pay: a path goes to OpenCredits, with the user's key, which no other host is ever sent.
 * A request that brings a credential of its own keeps it. Once the call has been charged, the balance is read anew.
 */
export async function paidFetch(
  page: Page,
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const { baseUrl, store, balance } = page
  const target = typeof input === 'string' && !isAbsolute(input) ? `${baseUrl}/${input.replace(/^\//, '')}` : input
  const request = new Request(target, init)
  if (!request.url.startsWith(`${baseUrl}/`)) return fetch(request)
  const { userKey } = store
  if (userKey !== null && !credentials.some((name) => request.headers.has(name)))
    request.headers.set('X-User-Key', userKey)
  const response = await fetch(request)
  // Nothing that was only looked at has cost credits.
  if (request.method === 'GET' || request.method === 'HEAD') return response
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null) {
    balance.refresh()
    return response
  }
  // The server charges a stream before its last bytes leave. Cancelling is passed on, or the model would go on working.
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  response.body.pipeTo(writable).then(balance.refresh, balance.refresh)
  return new Response(readable, response)
}

function isAbsolute(url: string): boolean {
  return /^(\w+:|\/\/)/.test(url)
}
