/** Every error code that the HTTP API answers with. Append only: partners match on these strings. */
export const apiErrorCodes = [
  'invalid_request',
  'missing_api_key',
  'invalid_user_key',
  'insufficient_credits',
  'key_budget_exceeded',
  'model_not_allowed',
  'model_not_found',
  'not_found',
  'conflict',
  'request_too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal_error',
  'upstream_error',
  'overloaded',
  'payments_unavailable',
  'app_suspended',
  'origin_not_allowed',
  'mail_unavailable',
  'session_required',
  'not_signed_in',
  'recent_sign_in_required',
  'balance_remaining',
  'claim_link_invalid',
  'claim_refused',
  'batch_not_supported',
  'invalid_api_key',
  'insufficient_scope',
] as const

export type ApiErrorCode = (typeof apiErrorCodes)[number]

/** Codes that only the SDK raises, in the partner's page. Append only. */
export const sdkErrorCodes = [
  'checkout_blocked',
  'popup_blocked',
  'payment_failed',
  'session_expired',
  'network_error',
  'not_initialized',
  'invalid_option',
  'checkout_failed',
] as const

export type SdkErrorCode = (typeof sdkErrorCodes)[number]

/** The body of every error of the API that is not in Anthropic's dialect. `code` is the HTTP status as a string. */
export interface ApiErrorBody {
  readonly error: {
    readonly message: string
    readonly type: ApiErrorCode
    readonly param: string | null
    readonly code: string
    readonly request_id: string
    /** Of a 402: credits that the call needs. Left out where it was refused before its body was read. */
    readonly needed?: number
    /** Of a 402: credits that can be spent, in the wallet or in the key's budget. Below zero after a refund of spent credits. */
    readonly available?: number
  }
}
