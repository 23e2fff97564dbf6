import { InsufficientCreditsError, OpenCreditsError } from './open-credits-error.ts'

type Fields = Readonly<Record<string, unknown>>

/** What is known beside the body. */
interface Known {
  readonly status: number | null
  readonly requestId: string | null
  readonly cause?: unknown
}

/** Wrappers inside wrappers: a retry's last error, a cause. */
const depthMax = 4

/**
 * Finds OpenCredits' answer in what a client threw: the `openai` and `@anthropic-ai/sdk` packages, the AI SDK, LangChain,
 * `createClient`. The first error stays as `cause`.
 * @returns null for what is no answer of the API, such as a mistake in your own code: throw that again.
 */
export function toOpenCreditsError(thrown: unknown): OpenCreditsError | null {
  let inner = thrown
  for (let depth = 0; depth < depthMax; depth += 1) {
    if (inner instanceof OpenCreditsError) return inner
    const fields = fieldsOf(inner)
    if (fields === null) return null
    const known = { status: statusOf(fields), requestId: requestIdOf(fields), cause: thrown }
    // The AI SDK's `data` has lost what its schema does not name, so its text comes first.
    for (const body of [parseJson(fields.responseBody), fields.error, fields.data]) {
      const read = readErrorBody(body, known)
      if (read !== null) return read
    }
    inner = fields.lastError ?? fields.cause
  }
  return null
}

/** Reads a body of either dialect, OpenAI's or Anthropic's, or the `error` inside it. */
export function readErrorBody(body: unknown, known: Known): OpenCreditsError | null {
  const outer = fieldsOf(body)
  const error = fieldsOf(outer?.error) ?? outer
  if (outer === null || error === null) return null
  const { type, message } = error
  if (typeof type !== 'string' || typeof message !== 'string') return null
  const details = {
    ...known,
    // In the middle of a stream the status is in the body alone.
    status: known.status ?? (/^[45]\d\d$/.test(String(error.code)) ? Number(error.code) : null),
    requestId: textOf(error.request_id) ?? textOf(outer.request_id) ?? known.requestId,
  }
  if (type !== 'insufficient_credits' && type !== 'key_budget_exceeded')
    return new OpenCreditsError(type, message, details)
  return new InsufficientCreditsError(message, {
    ...details,
    code: type,
    status: details.status ?? 402,
    needed: numberOf(error.needed),
    available: numberOf(error.available),
  })
}

export function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function statusOf({ status, statusCode }: Fields): number | null {
  return numberOf(status) ?? numberOf(statusCode) ?? null
}

function requestIdOf({ headers, responseHeaders, requestID }: Fields): string | null {
  const named = headers instanceof Headers ? headers.get('request-id') : fieldsOf(responseHeaders)?.['request-id']
  return textOf(named) ?? textOf(requestID)
}

function fieldsOf(value: unknown): Fields | null {
  return isObject(value) ? value : null
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
