/** JSON bodies of signing in on our own origin (`people.md`, 1–3). Times are seconds since 1970, credits are decimals. */

/** `partner`: a member of an app. */
export type Role = 'user' | 'operator' | 'partner'

/** `POST /v1/session/codes`. The answer is the same whether or not an account exists. */
export interface SessionCodeRequest {
  readonly email: string
  readonly locale?: string
}

export interface SessionCodeResponse {
  /** Secret of the browser that asked: the code works only together with it. */
  readonly login_id: string
  readonly expires_at: number
}

/** `POST /v1/session` with the code from the mail. `GET /v1/session` answers the same, or 401 `not_signed_in`. */
export interface SessionRequest {
  readonly login_id: string
  readonly code: string
}

export interface SessionResponse {
  readonly user: { readonly id: string; readonly email: string }
  readonly roles: readonly Role[]
  /** Until when acts that need a recent sign-in are allowed. */
  readonly recent_until: number
  /** The user has a role that this session is without until a passkey is used in it. */
  readonly passkey_required: boolean
}

/** `GET /v1/sessions`: where this user is signed in. */
export interface SessionListResponse {
  readonly data: readonly {
    readonly id: string
    readonly is_current: boolean
    /** Browser and system in words, such as "Chrome on macOS"; null when unknown. */
    readonly device: string | null
    readonly address: string | null
    /** The app whose checkout it was opened in; null for the account page. */
    readonly app: string | null
    readonly created_at: number
    readonly last_used_at: number
  }[]
}

export type BudgetWindowName = 'total' | 'day' | 'week' | 'month'

/** `POST /v1/login/verify`, where the user has not connected this app: no key yet. */
export interface ConsentRequiredResponse {
  readonly livemode: boolean
  readonly consent_required: true
  /** Secret of the browser that signed in; works once, ten minutes long. */
  readonly consent_id: string
  readonly app: { readonly name: string; readonly logo_url: string | null; readonly website: string | null }
  /** What is in the user's whole wallet, for the checkout frame; for whoever else asks, what the suggestion would let it spend. */
  readonly balance: number
  /** For the checkout frame only. */
  readonly email: string | null
  /** See `LoginVerifyResponse`. */
  readonly session_token?: string
  readonly suggested: { readonly budget: number; readonly window: BudgetWindowName }
}

/** `POST /v1/login/consent` */
export interface ConsentRequest {
  readonly consent_id: string
  /** Credits per window; null: no limit. */
  readonly budget: number | null
  readonly window: BudgetWindowName
  readonly models: readonly string[] | null
  readonly expires_at: number | null
}

export interface ConsentResponse {
  readonly livemode: boolean
  readonly user_key: string
  /** What this key can spend now. */
  readonly balance: number
  /** Purchases made as a guest with this user's address; for the checkout frame only. */
  readonly claimable?: readonly ClaimablePurchase[]
}

/** A purchase that somebody made as a guest with the address that was just verified: it may be added to the account. */
export interface ClaimablePurchase {
  readonly purchase_id: string
  readonly app_name: string
  /** What is left of it. */
  readonly credits: number
  readonly amount: number
  readonly currency: string
  readonly purchased_at: number
}

/** `GET /v1/account/claims`: what this account's e-mail may add. */
export interface ClaimListResponse {
  readonly data: readonly ClaimablePurchase[]
}

/** `POST /v1/account/claims { purchase_id }`, with a sign-in that is not older than ten minutes. */
export interface ClaimRequest {
  readonly purchase_id: string
}

export interface ClaimResponse {
  /** All that came along: the purchases of one guest share a wallet. */
  readonly purchase_ids: readonly string[]
  /** What was moved to the account. */
  readonly credits: number
  /** What the account can spend now. */
  readonly balance: number
  /** What is still on offer. */
  readonly claimable: readonly ClaimablePurchase[]
}

/** `POST /v1/claims { token }`: the link of a guest's receipt, `/account/claim#TOKEN`. It signs this browser in as well. */
export interface ClaimLinkResponse extends ClaimResponse, SessionResponse {}
