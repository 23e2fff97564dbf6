export type ProviderName = 'anthropic' | 'openai' | 'google' | 'xai'

/** Why a provider refuses a request; each says it in its own words. */
export class ProviderProblem extends Error {
  readonly status: number
  readonly param: string | null
  readonly code: string | null
  /** Anthropic's `error.details`. */
  readonly details: Readonly<Record<string, string>> | null
  constructor(
    status: number,
    message: string,
    more: {
      readonly param?: string
      readonly code?: string
      readonly details?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(message)
    this.status = status
    this.param = more.param ?? null
    this.code = more.code ?? null
    this.details = more.details ?? null
  }
}

const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const googleStatuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

const xaiCodes: Readonly<Record<number, string>> = {
  400: 'Client specified an invalid argument',
  401: 'The request does not have valid authentication credentials',
  403: 'The caller does not have permission to execute the specified operation',
  404: 'Some requested entity was not found',
  429: 'Some resource has been exhausted',
  503: 'The service is currently unavailable',
}

/** An error body as this provider writes it. Google's OpenAI-compatible API wraps it in a list; xAI's has its own form. */
export function problemBody(provider: ProviderName, problem: ProviderProblem, requestId: string): unknown {
  const { status, message, param, code, details } = problem
  switch (provider) {
    case 'anthropic':
      return {
        type: 'error',
        error: { type: anthropicTypes[status] ?? 'api_error', message, ...(details === null ? {} : { details }) },
        request_id: requestId,
      }
    case 'openai':
      return { error: { message, type: openaiType(status), param, code: code ?? openaiCode(status) } }
    case 'google':
      return [{ error: { code: status, message, status: googleStatuses[status] ?? 'UNKNOWN' } }]
    case 'xai':
      return { code: xaiCodes[status] ?? 'Internal error', error: message }
  }
}

function openaiType(status: number): string {
  if (status === 429) return 'requests'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

function openaiCode(status: number): string | null {
  if (status === 401) return 'invalid_api_key'
  return status === 429 ? 'rate_limit_exceeded' : null
}
