import type { CheckoutSessionStatus } from './http.ts'

/**
 * `GET /checkout/test-payments/{session_id}`, and the answer to `POST` with one of `TestPaymentAct`: how a purchase of the
 * test world stands that is paid on the built-in page.
 */
export interface TestPaymentResponse {
  readonly session_id: string
  readonly livemode: false
  readonly status: CheckoutSessionStatus
  /** Why the last try was declined, such as `insufficient_funds`. */
  readonly declined_as: string | null
  readonly app_name: string
  readonly logo_url: string | null
  readonly accent_color: string | null
  /** Major units. */
  readonly amount: number
  readonly currency: string
  readonly credits: number
  /** As the app prefilled it, or as it was typed. */
  readonly email: string | null
  /** Where a tab goes on; null in the checkout's frame. */
  readonly return_path: string | null
  readonly cancel_path: string | null
}

export type TestPaymentAct =
  | { readonly action: 'pay'; readonly email?: string | null }
  /** It is `processing` for ten seconds of the test world, and then succeeds or fails. */
  | { readonly action: 'pay_later'; readonly succeeds: boolean; readonly email?: string | null }
  | { readonly action: 'decline'; readonly code: string }
  | { readonly action: 'expire' }

/** `GET /v1/partner/test_clock`, and the answer of `POST /v1/partner/test_clock/advance { seconds }`. Times are seconds since 1970. */
export interface TestClockResponse {
  readonly app: string
  readonly livemode: false
  /** The time in the test world. */
  readonly now: number
  /** How far it is ahead of the live world's. */
  readonly ahead_seconds: number
  /** How much further it can go. */
  readonly seconds_left: number
}

/** `GET /v1/partner/test_helpers/purchases/{id}`, and the answer of everything that can be done to one. */
export interface TestPurchaseResponse {
  readonly purchase_id: string
  readonly session_id: string
  readonly livemode: false
  readonly status: CheckoutSessionStatus
  readonly amount_minor: number
  readonly currency: string
  readonly credits: number
  /** Credits that refunds and disputes took back. */
  readonly taken_back: number
  readonly refunds: readonly TestTakeBack[]
  readonly disputes: readonly TestTakeBack[]
}

export interface TestTakeBack {
  readonly id: string
  readonly amount_minor: number
  readonly status: string
}
