import type { ApiErrorCode } from '@opencredits/protocol'
import { creditsFromMicrocredits, type Microcredits } from './microcredits.ts'

const statusByCode: Record<ApiErrorCode, number> = {
  invalid_request: 400,
  missing_api_key: 401,
  invalid_user_key: 401,
  insufficient_credits: 402,
  key_budget_exceeded: 402,
  model_not_allowed: 403,
  model_not_found: 404,
  not_found: 404,
  conflict: 409,
  request_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  upstream_error: 502,
  overloaded: 503,
  payments_unavailable: 503,
  app_suspended: 403,
  origin_not_allowed: 403,
  mail_unavailable: 503,
  session_required: 403,
  not_signed_in: 401,
  recent_sign_in_required: 403,
  balance_remaining: 409,
  claim_link_invalid: 404,
  claim_refused: 409,
  batch_not_supported: 400,
  invalid_api_key: 401,
  insufficient_scope: 403,
}

export interface AppErrorDetails {
  /** The field of the request that is wrong, as the caller spelled it (`messages[0].role`). */
  readonly param?: string
  readonly retryAfterSeconds?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A machine-readable code of the wire's own, such as Anthropic's `thread_unsupported_request`. */
  readonly wireCode?: string
  /** Of a 402: programs read it from the body, so that they need not take the message apart. */
  readonly funds?: Funds
  readonly cause?: unknown
}

export interface Funds {
  readonly availableMicrocredits: Microcredits
  /** Null where the call was refused before its body was read. */
  readonly neededMicrocredits: Microcredits | null
}

/**
 * An operating error: expected, told to the caller in its own dialect. The message says what was expected and what to
 * do; it never holds a secret, a prompt or a stack.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ApiErrorCode
  readonly status: number
  readonly param: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly wireCode: string | null
  /** In credits; empty but for a 402. */
  readonly funds: { readonly needed?: number; readonly available?: number }

  constructor(code: ApiErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.status = statusByCode[code]
    this.param = details.param ?? null
    this.wireCode = details.wireCode ?? null
    this.funds = details.funds === undefined ? {} : inCredits(details.funds)
    this.headers = {
      ...(details.retryAfterSeconds === undefined ? {} : { 'retry-after': String(details.retryAfterSeconds) }),
      ...details.headers,
    }
  }
}

function inCredits({ availableMicrocredits, neededMicrocredits }: Funds) {
  return {
    ...(neededMicrocredits === null ? {} : { needed: creditsFromMicrocredits(neededMicrocredits) }),
    available: creditsFromMicrocredits(availableMicrocredits),
  }
}
