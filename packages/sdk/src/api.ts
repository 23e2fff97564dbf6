import { OpenCreditsError } from './options.ts'

export interface ApiCall {
  readonly method?: 'GET' | 'POST'
  readonly userKey?: string | null
  readonly body?: unknown
  /** One for all tries of one wish, so that it is done once. */
  readonly idempotencyKey?: string
}

/** Calls the OpenCredits API. @throws (rejects with) OpenCreditsError, `network_error` where nothing came back. */
export async function callApi<Answer>(baseUrl: string, path: string, call: ApiCall = {}): Promise<Answer> {
  const response = await send(baseUrl + path, call)
  if (response.status === 204) return undefined as Answer
  const body = await response.json().catch(() => null)
  if (response.ok && body !== null) return body as Answer
  const { type = 'network_error', message = `The server answered ${response.status}.` } = body?.error ?? {}
  throw new OpenCreditsError(type, message, response.status)
}

async function send(url: string, call: ApiCall): Promise<Response> {
  const headers: Record<string, string> = {}
  if (call.userKey) headers['X-User-Key'] = call.userKey
  if (call.body !== undefined) headers['Content-Type'] = 'application/json'
  if (call.idempotencyKey) headers['Idempotency-Key'] = call.idempotencyKey
  try {
    return await fetch(url, {
      method: call.method ?? 'GET',
      headers,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    })
  } catch {
    throw new OpenCreditsError('network_error', 'OpenCredits could not be reached. Check the connection and try again.')
  }
}
