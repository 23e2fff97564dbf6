/** What the server refused, or that nothing came back. Its message is for developers; people are told by `code`. */
export class ApiFailure extends Error {
  readonly code: string
  readonly status: number
  /** The field of the request that is wrong. */
  readonly param: string | null
  readonly retryAfterSeconds: number
  constructor(code: string, answer: { status: number; message?: string; param?: string | null; retryAfter?: number }) {
    super(answer.message ?? code)
    this.code = code
    this.status = answer.status
    this.param = answer.param ?? null
    this.retryAfterSeconds = answer.retryAfter ?? 60
  }
}

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: object
  readonly signal?: AbortSignal
}

/**
 * Calls this installation's own API with the session cookie. An answer without a body is null.
 * @throws ApiFailure
 */
export async function callApi<Answer>(path: string, { method = 'GET', body, signal }: ApiCall = {}): Promise<Answer> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    // The server wants JSON of every request that changes something: a form of another site cannot send that.
    ...(method === 'GET' ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch(() => null)
  if (response === null) throw new ApiFailure('network_error', { status: 0 })
  const text = await response.text().catch(() => null)
  const answer = parse(text)
  if (response.ok && answer !== undefined) return answer
  throw new ApiFailure(answer?.error?.type ?? (response.status >= 500 ? 'internal_error' : 'network_error'), {
    status: response.status,
    message: answer?.error?.message,
    param: answer?.error?.param,
    retryAfter: Number(response.headers.get('retry-after') ?? 60) || 60,
  })
}

/** Undefined for what is no JSON, such as the page of a proxy. */
function parse(text: string | null) {
  try {
    return JSON.parse(text === '' ? 'null' : (text ?? '-'))
  } catch {
    return undefined
  }
}

/** `?from=…&to=…`; what is undefined, null or empty is left out. */
export function queryOf(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
