import { callApi as call } from '@opencredits/protocol'

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: object
  readonly signal?: AbortSignal
}

/**
 * Calls this installation's own API with the session cookie. An answer without a body is null.
 * @throws ApiFailure
 */
export function callApi<Answer>(path: string, { method = 'GET', body, signal }: ApiCall = {}): Promise<Answer> {
  return call(path, {
    method,
    // The server wants JSON of every request that changes something: a form of another site cannot send that.
    ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    ...(signal !== undefined && { signal }),
  })
}

/** `?from=…&to=…`; what is undefined, null or empty is left out. */
export function queryOf(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
