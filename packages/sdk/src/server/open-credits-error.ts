import type { OpenReason } from '@opencredits/protocol'

export interface ErrorDetails {
  readonly status?: number | null
  readonly requestId?: string | null
  readonly cause?: unknown
}

/** What OpenCredits refused, or why it could not be asked. `code` is stable; `message` is for people. */
export class OpenCreditsError extends Error {
  override readonly name: string = 'OpenCreditsError'
  /** Such as `invalid_user_key`, `rate_limited`, `network_error`. */
  readonly code: string
  /** HTTP status; null where no answer came. */
  readonly status: number | null
  /** `req_…`: what `client.request` looks up, and what the operator asks for. */
  readonly requestId: string | null

  constructor(code: string, message: string, { status = null, requestId = null, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.requestId = requestId
  }

  /**
   * The body that OpenCredits itself answers with, so that a page reads the same from your server:
   * `Response.json(error, { status: error.status ?? 502 })`.
   */
  toJSON() {
    return {
      error: {
        message: this.message,
        type: this.code,
        param: null,
        code: String(this.status ?? ''),
        request_id: this.requestId,
        ...this.funds(),
      },
    }
  }

  protected funds(): { readonly needed?: number | undefined; readonly available?: number | undefined } {
    return {}
  }
}

/**
 * The wallet, or the limit that its owner set for your app, does not cover the call. Have the page open the checkout with
 * `reason: error.code` and `needed`, then ask again.
 */
export class InsufficientCreditsError extends OpenCreditsError {
  override readonly name = 'InsufficientCreditsError'
  /** Credits that the call needs. Undefined where an empty wallet was refused before the call was read. */
  readonly needed: number | undefined
  /** Credits that can be spent. */
  readonly available: number | undefined

  constructor(
    message: string,
    details: ErrorDetails & {
      /** Default `insufficient_credits`. */
      readonly code?: OpenReason
      readonly needed?: number | undefined
      readonly available?: number | undefined
    } = {},
  ) {
    super(details.code ?? 'insufficient_credits', message, { status: 402, ...details })
    this.needed = details.needed
    this.available = details.available
  }

  protected override funds() {
    return { needed: this.needed, available: this.available }
  }
}
