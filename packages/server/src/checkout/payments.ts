import type { DecidedTheme } from '@opencredits/protocol'

/** What checkout asks of the payment provider; `stripe/` is the one that answers. Amounts are in our minor units. */
export interface Payments {
  /** Repeating it for the same purchase gives the same session. @throws PaymentsUnavailable, PaymentRefused */
  createSession(purchase: SessionRequest): Promise<CreatedSession>
  /** A session that was created before, to hand it out again. @throws PaymentsUnavailable, PaymentRefused */
  reopenSession(sessionId: string): Promise<CreatedSession>
  /** The session as it stands at the provider now; answers or gives up within seconds. @throws PaymentsUnavailable, PaymentRefused */
  findSession(sessionId: string): Promise<PaidSession>
  /** The provider's page with the receipt of a payment; null if it has none. @throws PaymentsUnavailable, PaymentRefused */
  findReceipt(paymentIntentId: string): Promise<string | null>
  /** Nobody can pay it any longer. @throws PaymentsUnavailable; PaymentRefused for one that is not open */
  expireSession(sessionId: string): Promise<void>
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
  /** By the clock on the wall, whatever the time is in the test world. */
  readonly expiresAtMs: number
  readonly branding: SessionBranding
  /** Behind the operator's name on card statements; null for none. */
  readonly statementSuffix: string | null
}

/** How the provider's own page is to look. */
export interface SessionBranding {
  readonly logoUrl: string | null
  /** `#rrggbb` */
  readonly accentColor: string | null
  /** Null: as the operator set it up at the provider. */
  readonly theme: DecidedTheme | null
}

/** Both ways to pay are gone once the session is no longer open. */
export interface CreatedSession {
  readonly sessionId: string
  readonly checkoutUrl: string | null
  /** Handed to the browser; never stored or logged. */
  readonly clientSecret: string | null
  readonly isLivemode: boolean
}

/** A session, reduced to what fulfilment compares and decides by. */
export interface PaidSession {
  readonly sessionId: string
  readonly purchaseId: string | null
  readonly status: 'open' | 'complete' | 'expired'
  readonly isPaid: boolean
  /** A delayed payment did not arrive. */
  readonly hasFailed: boolean
  /** Null where it is no whole number of our minor units. */
  readonly amountMinor: number | null
  readonly currency: string | null
  /** In which of its modes the provider made it. */
  readonly isLivemode: boolean
  /** Whose payments know of it: those of the live world, or of the test world. */
  readonly isOfLiveWorld: boolean
  readonly isPayment: boolean
  readonly paymentIntentId: string | null
  /** The payer's address as the provider collected it; null for none, or for one that cannot sign in here. */
  readonly email: string | null
}

/** The payment provider did not answer, or not sensibly. Trying again is safe. */
export class PaymentsUnavailable extends Error {
  override readonly name = 'PaymentsUnavailable'
}

/** The payment provider will never take this request. Trying the same again is in vain. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused'
  readonly what: 'email' | 'age' | 'request'

  constructor(what: 'email' | 'age' | 'request', reason: string, options: { readonly cause: unknown }) {
    super(reason, options)
    this.what = what
  }
}
