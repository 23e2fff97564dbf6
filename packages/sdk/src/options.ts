import type { OpenReason } from '@opencredits/protocol'

/** What a paid purchase gave. */
export interface CompletedPurchase {
  /** `oc_sk_…`: spends the user's credits. Keep it as you keep a password. */
  readonly user_key: string
  /** Credits that this app can spend now. 100 credits are USD 1. */
  readonly balance: number
  readonly credits_added: number
}

export interface CompletedLogin {
  readonly user_key: string
  readonly balance: number
}

export interface BalanceChange {
  /** Credits that can be spent now. Null: there is no key any more, because the user signed out. */
  readonly balance: number | null
}

export interface OpenedCheckout {
  readonly session_id: string
  readonly user_key: string
  /** In `manual` mode: the page to send the user to. */
  readonly checkout_url?: string
}

export interface FailedCheckout {
  readonly error: OpenCreditsError
}

export type CheckoutMode = 'embedded' | 'new_tab' | 'manual'
export type Theme = 'light' | 'dark' | 'auto'

export interface OpenCreditsOptions {
  /** Required: the `oc_pk_…` of your app. */
  readonly publishableKey: string
  /** Where OpenCredits runs. Default: where `sdk.js` came from; for the npm package `https://opencredits.ai`. */
  readonly baseUrl?: string
  /** ISO code of a currency that the operator enabled. Default `usd`. */
  readonly currency?: string
  /** Default `embedded`: Stripe's form inside the dialog. */
  readonly checkoutMode?: CheckoutMode
  /** BCP 47 tag of the user's language, such as `pt-BR`; default: the browser's. */
  readonly locale?: string
  /** Default `auto`: as the user's system is. */
  readonly theme?: Theme
  /**
   * For apps whose own server keeps the key: the key to go on with, or null for none yet. Once it is given, the SDK
   * writes nothing to this browser's storage, and `onCheckoutOpened` brings the key before anything is paid. Without it,
   * the SDK keeps the key in localStorage.
   */
  readonly userKey?: string | null
  /** Prefilled where an e-mail is asked for. It never opens an account. */
  readonly email?: string
  /** Once per paid purchase, only after the server has credited it. */
  readonly onPurchaseCompleted?: (purchase: CompletedPurchase) => void
  readonly onLoginCompleted?: (login: CompletedLogin) => void
  /** A checkout session was started. */
  readonly onCheckoutOpened?: (checkout: OpenedCheckout) => void
  readonly onPurchaseError?: (failure: FailedCheckout) => void
  /** Every error, those of purchases included. */
  readonly onError?: (failure: FailedCheckout) => void
  /** The user dismissed the success screen. */
  readonly onComplete?: (purchase: CompletedPurchase) => void
  readonly onLoggedOut?: () => void
  readonly onBalance?: (change: BalanceChange) => void
}

/** What can be listened to with `on`, and what a listener is given. */
export interface OpenCreditsEvents {
  readonly purchaseCompleted: CompletedPurchase
  readonly loginCompleted: CompletedLogin
  readonly checkoutOpened: OpenedCheckout
  readonly purchaseError: FailedCheckout
  readonly error: FailedCheckout
  readonly complete: CompletedPurchase
  readonly loggedOut: undefined
  /** After calls, purchases and sign-ins, in this tab or another of the app; a new listener is told the newest. */
  readonly balance: BalanceChange
}

export interface OpenOptions {
  /** Major units of the currency (`10` is ten dollars). Without it the user picks; `manual` mode needs it. */
  readonly amount?: number
  /** Instead of that of `init`, for this checkout. */
  readonly currency?: string
  /**
   * Why the app opens the checkout by itself: the `type` of an answer of 402. After `insufficient_credits` the user buys,
   * after `key_budget_exceeded` the user raises the limit that was set for this app.
   */
  readonly reason?: OpenReason
  /** Credits that the call which was refused needs, such as `43`. With `reason`: what covers it is chosen already. */
  readonly needed?: number
}

/** How a checkout ended. */
export interface CheckoutOutcome {
  /** `completed`: credits were bought, or the app's limit was raised · `signed_in`: the user's own account is used from now on · `closed`: neither. */
  readonly status: 'completed' | 'signed_in' | 'closed'
  /** The key to go on with; null where there is none yet. */
  readonly user_key: string | null
  /** Credits that this app can spend; null where nothing was bought and nobody signed in. */
  readonly balance: number | null
  readonly credits_added: number
}

export interface OpenCreditsApi {
  /** Call it once; again, it updates the options. @throws OpenCreditsError `invalid_option` */
  init(options: OpenCreditsOptions): void
  /**
   * Opens the checkout. Resolves once it is closed (in `manual` mode: once the payment is settled), so that a refused
   * question can be asked again. It never rejects: errors go to `onError`. @throws OpenCreditsError `not_initialized`,
   * `invalid_option`
   */
  open(options?: OpenOptions): Promise<CheckoutOutcome>
  close(): void
  /** The user's key, or null before the first purchase or sign-in on this browser. */
  getUserKey(): string | null
  /** Credits that can be spent now. @throws (rejects with) OpenCreditsError */
  getBalance(): Promise<number>
  /**
   * `fetch` for calls that the user's credits pay: paths go to `baseUrl`, and only there the user's key goes along.
   * `on('balance')` hears what is left, also when a stream has ended. Example: `fetch('/v1/models')`.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>
  /** Ends the sign-in, and with it this app's key, which is forgotten. */
  logout(): Promise<void>
  on<Name extends keyof OpenCreditsEvents>(name: Name, listener: (detail: OpenCreditsEvents[Name]) => void): void
  off<Name extends keyof OpenCreditsEvents>(name: Name, listener: (detail: OpenCreditsEvents[Name]) => void): void
  readonly version: string
}

/** `code` is stable; `message` is for people. */
export class OpenCreditsError extends Error {
  override readonly name = 'OpenCreditsError'
  readonly code: string
  /** HTTP status, where the server answered. */
  readonly status: number | null
  constructor(code: string, message: string, status: number | null = null) {
    super(message)
    this.code = code
    this.status = status
  }
}
