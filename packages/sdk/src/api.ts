import { OpenCreditsError } from './options.ts'

export interface ApiCall {
  readonly method?: 'GET' | 'POST'
  readonly userKey?: string | null
  readonly body?: unknown
  /** One for all tries of one wish, so that it is done once. */
  readonly idempotencyKey?: string
  readonly cache?: RequestCache
  readonly signal?: AbortSignal
}

/** Calls the OpenCredits API. @throws (rejects with) OpenCreditsError, `network_error` where nothing came back. */
export async function callApi<Answer>(baseUrl: string, path: string, call: ApiCall = {}): Promise<Answer> {
  const { method = 'GET', userKey, body, idempotencyKey, ...rest } = call
  const headers = {
    ...(userKey && { 'X-User-Key': userKey }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(idempotencyKey && { 'Idempotency-Key': idempotencyKey }),
  }
  const response = await fetch(baseUrl + path, {
    ...rest,
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => null)
  if (response?.status === 204) return undefined as Answer
  // The preflight refuses with 200: see preflight-routes.ts of the server.
  const answer = await response?.json().catch(() => null)
  if (response?.ok && answer && !answer.error) return answer as Answer
  const unreachable = `OpenCredits could not be reached at ${baseUrl}. Check baseUrl and connect-src of the page's Content-Security-Policy.`
  const { type = 'network_error', message = unreachable } = answer?.error ?? {}
  throw new OpenCreditsError(type, message, response?.status ?? null)
}
