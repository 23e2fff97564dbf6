import type { ClaimablePurchase } from './session.ts'

/** JSON bodies of the endpoints that the SDK and the checkout app call. Amounts of credits are decimals, 100 credits = USD 1. */

export type CheckoutMode = 'embedded' | 'new_tab' | 'manual'

/** `POST /v1/checkout/sessions` (publishable key in the body; a user key in the header tops up that user). */
export interface CreateCheckoutSessionRequest {
  readonly publishable_key: string
  /** Major units of the currency (`10` is ten dollars). */
  readonly amount: number
  /** ISO code in lower case; default `usd`. */
  readonly currency?: string
  /** Default `embedded`. */
  readonly mode?: CheckoutMode
  /** Prefills Stripe's e-mail field. It never opens an account. */
  readonly email?: string
  /** BCP 47 tag of the user's language, for Stripe's form; default `auto`. */
  readonly locale?: string
  /** Which of the two Stripe's form is to match; without it, it looks as the operator set it up at Stripe. */
  readonly theme?: 'light' | 'dark'
  /** The signed-in buyer ticked that the app's limit grows by what is bought. Heeded with the buyer's session only. Default false. */
  readonly allow_app?: boolean
}

export interface CreateCheckoutSessionResponse {
  readonly session_id: string
  /** False in the test world, where no real money moves. */
  readonly livemode: boolean
  /** The key that will spend what is bought: the caller's own, or a new guest's. */
  readonly user_key: string
  /** Stripe's hosted page (`new_tab`, `manual`). */
  readonly checkout_url?: string
  /** For Stripe.js (`embedded`). */
  readonly client_secret?: string
  /** Seconds since 1970. */
  readonly expires_at: number
}

export type CheckoutSessionStatus = 'open' | 'processing' | 'complete' | 'expired' | 'failed'

/** `GET /v1/checkout/sessions/{id}` with the session's user key. */
export interface CheckoutSessionResponse {
  readonly session_id: string
  readonly livemode: boolean
  readonly status: CheckoutSessionStatus
  /** Credits in the wallet now. */
  readonly balance: number
  /** What this purchase added; 0 until it is complete. */
  readonly credits_added: number
  readonly amount: number
  readonly currency: string
  /** Why it failed, in words for the user. */
  readonly failure?: string
  /** The user went back on Stripe's own page: nothing was charged, and nobody waits any longer. */
  readonly cancelled?: true
  /**
   * Of a guest's complete purchase: the address that Stripe collected, all but its first letter and its domain hidden
   * (`a•••@example.com`). `POST /v1/login/codes { session_id }` mails a code to it.
   */
  readonly email_hint?: string
}

/**
 * `GET /checkout/state?purchase=…`: what the page shows that Stripe's own page returns to. The purchase's id is all that
 * it asks for, so it tells nothing about the user.
 */
export interface CheckoutReturnResponse {
  readonly status: CheckoutSessionStatus
  readonly cancelled: boolean
  readonly app_name: string
  readonly logo_url: string | null
  readonly accent_color: string | null
  readonly amount: number
  readonly currency: string
  readonly credits: number
}

/** `GET /v1/checkout/preflight`: the checkout would come up in the page that asks. */
export interface PreflightResponse {
  readonly is_sandbox: boolean
  /** ISO codes in lower case. */
  readonly currencies: readonly string[]
}

/** `GET /v1/credits/balance` */
export interface BalanceResponse {
  readonly livemode: boolean
  readonly balance: number
  readonly held: number
  readonly currency: 'credits'
}

/** `GET /v1/me`: who holds this key, for "signed in as". */
export interface MeResponse {
  /** Always null: who holds a key is not told whose it is. The account's session tells, `GET /v1/session`. */
  readonly email: string | null
  readonly is_guest: boolean
  readonly livemode: boolean
  readonly balance: number
}

/** `GET|POST /v1/credits/pricing` */
export interface PricingResponse {
  readonly token_assumption: { readonly input: number; readonly output: number }
  /** The model that an estimate is best made for: the app's own choice, else the one that it uses most. Null without models. */
  readonly default_model: string | null
  readonly models: readonly { readonly id: string; readonly name: string; readonly credits_per_request: number }[]
}

/** `POST /v1/login/codes`, with one of `email` and `session_id`. */
export interface LoginCodeRequest {
  readonly publishable_key: string
  /** May be left out with `session_id`. */
  readonly email?: string
  /** A paid checkout of the guest whose key is in the header: the code goes to the address that Stripe collected. */
  readonly session_id?: string
  /** BCP 47 tag of the mail's language; default: what the browser accepts, else English. */
  readonly locale?: string
}

export interface LoginCodeResponse {
  /** False: no mail was sent, and the code is 42424242. */
  readonly livemode: boolean
  readonly login_id: string
  /** Seconds since 1970; a code lives ten minutes. */
  readonly expires_at: number
}

/** `POST /v1/login/verify`; a guest's user key in the header merges that guest into the account. */
export interface LoginVerifyRequest {
  readonly login_id: string
  readonly code: string
  /** Of the page's `sdk.js`. Before 2 there was no consent screen: such a page gets a key with the default limit. */
  readonly sdk_protocol?: number
}

export interface LoginVerifyResponse {
  readonly livemode: boolean
  readonly user_key: string
  /** What this key can spend now. */
  readonly balance: number
  /** For the checkout frame only; null for whoever else asks. */
  readonly email: string | null
  /** For the checkout frame only: its session, where the browser refuses the cookie. */
  readonly session_token?: string
  /** What was bought as a guest with this address and may be added. */
  readonly claimable: readonly ClaimablePurchase[]
}

/** What `/checkout` embeds for the checkout app in `<script type="application/json" id="opencredits-config">`. */
export interface CheckoutAppConfig {
  readonly publishableKey: string
  readonly appId: string
  readonly appName: string
  readonly logoUrl: string | null
  /** `#rrggbb`, already checked. */
  readonly accentColor: string | null
  /** The one origin that the frame may talk to. Null on the top-level page. */
  readonly parentOrigin: string | null
  readonly isSandbox: boolean
  /** False in the test world. */
  readonly livemode: boolean
  /** Stripe.js: Stripe's own, or the sandbox's stand-in. Null: payments are made on the built-in page of the test world. */
  readonly stripe: { readonly publishableKey: string; readonly jsUrl: string } | null
  readonly currencies: readonly CheckoutCurrency[]
  readonly termsUrl: string | null
  /** What the credits are good for. Null: nothing can be said. */
  readonly estimate: CheckoutEstimate | null
}

/** What a call of this size to the app's usual model costs. */
export interface CheckoutEstimate {
  /** Its name, as people know it. */
  readonly model: string
  readonly creditsPerRequest: number
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface CheckoutCurrency {
  /** ISO code in lower case. */
  readonly code: string
  readonly creditsPerMajorUnit: number
  /** 0 for JPY, 2 for USD, 3 for KWD. */
  readonly minorUnitDigits: number
  /** Bounds of one purchase, in major units. */
  readonly amountMin: number
  readonly amountMax: number
}

/** Tokens by bucket; null where they are not known. */
export interface RequestTokens {
  readonly input: number | null
  readonly cache_read: number | null
  readonly cache_write_5m: number | null
  readonly cache_write_1h: number | null
  readonly output: number | null
  readonly web_searches: number | null
}

/** Credits per million tokens. */
export interface RequestPrices {
  readonly input: number | null
  readonly cache_read: number | null
  readonly cache_write_5m: number | null
  readonly cache_write_1h: number | null
  readonly output: number | null
  readonly web_searches_per_thousand: number | null
}

/** What one model did in a call that several worked on. */
export interface RequestRun {
  readonly kind: 'message' | 'compaction' | 'advisor' | 'fallback' | 'other'
  /** What the provider calls it; null: the model of the call. */
  readonly model: string | null
  readonly tokens: RequestTokens
  readonly prices: RequestPrices
}

/** `GET /v1/credits/requests/{id}`: one call, whole. Amounts are credits. */
export interface RequestResponse {
  readonly request_id: string
  /** `running`, `settled`, `released`, … */
  readonly status: string
  readonly ending: string | null
  /** The ending, and what it means for the charge, in words. */
  readonly explanation: string
  readonly endpoint: string
  readonly model: string
  readonly stream: boolean
  readonly billed_to: 'credits' | 'passthrough'
  /** No count came from the provider: it was counted here. */
  readonly estimated: boolean
  /** Null while the call runs. */
  readonly tokens: RequestTokens | null
  readonly prices: RequestPrices
  readonly runs: readonly RequestRun[] | null
  /** The app's share of the provider's cost: 0.1 is ten percent. */
  readonly referral_rate: number
  readonly fee_rate: number
  readonly held: number | null
  readonly provider_cost: number | null
  readonly referral_share: number | null
  readonly fee: number | null
  /** What the user paid. */
  readonly charge: number | null
  readonly paid_by_operator: number | null
  readonly above_hold: number | null
  readonly above_budget: number | null
  readonly max_tokens: {
    readonly requested: number | null
    readonly sent: number | null
    /** The credits covered fewer tokens than were asked for. */
    readonly clamped: boolean
  }
  readonly http_status: number | null
  readonly error: string | null
  /** ISO 8601 */
  readonly created_at: string
  readonly ended_at: string | null
  readonly first_byte_ms: number | null
}
