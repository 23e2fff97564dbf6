/** What checkout asks of the payment provider; `stripe/` is the one that answers. */
export interface Payments {
  /** Repeating it for the same purchase gives the same session. @throws PaymentsUnavailable */
  createSession(purchase: SessionRequest): Promise<CreatedSession>
  /** The session as it stands at the provider now. @throws PaymentsUnavailable */
  findSession(sessionId: string): Promise<PaidSession>
}

export interface SessionRequest {
  readonly purchaseId: string
  readonly partnerId: string
  readonly appName: string
  readonly amountMinor: number
  readonly currency: string
  readonly credits: number
  readonly mode: 'embedded' | 'new_tab' | 'manual'
  readonly email: string | null
  readonly locale: string | null
  readonly expiresAtMs: number
}

export interface CreatedSession {
  readonly sessionId: string
  readonly checkoutUrl: string | null
  readonly clientSecret: string | null
}

/** A session, reduced to what fulfilment compares and decides by. */
export interface PaidSession {
  readonly sessionId: string
  readonly purchaseId: string | null
  readonly status: 'open' | 'complete' | 'expired'
  readonly isPaid: boolean
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly isLivemode: boolean
  readonly isPayment: boolean
  readonly paymentIntentId: string | null
}

/** The payment provider did not answer, or not sensibly. Trying again is safe. */
export class PaymentsUnavailable extends Error {
  override readonly name = 'PaymentsUnavailable'
}
