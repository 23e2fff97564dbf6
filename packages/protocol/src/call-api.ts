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

/**
 * Calls the API from a page of the same origin. An answer without a body is null.
 * @throws ApiFailure
 */
export async function callApi<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const isJson = init.body !== undefined
  const headers = { ...(isJson && { 'Content-Type': 'application/json' }), ...init.headers }
  const response = await fetch(path, { ...init, headers }).catch(() => null)
  if (response === null) throw new ApiFailure('network_error', { status: 0 })
  const answer = parse(await response.text().catch(() => null))
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
