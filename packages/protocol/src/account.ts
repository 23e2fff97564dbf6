import type { RequestResponse } from './http.ts'
import type { BudgetWindowName, ClaimablePurchase } from './session.ts'

/**
 * JSON bodies of `/v1/account/…`, which the account page calls with its session cookie. Times are seconds since 1970 and
 * credits are decimals, unless a name says otherwise. Lists are cursor pages: `next` goes into `after`.
 */

export interface CursorPage<Entry> {
  readonly data: readonly Entry[]
  readonly has_more: boolean
  readonly next: string | null
}

/** `GET /v1/account/overview` */
export interface AccountOverview {
  readonly email: string
  /** What can be spent: the wallet without what is held. May be negative after a refund. */
  readonly balance: number
  readonly held: number
  /** The balance in the first configured currency. */
  readonly balance_money: { readonly amount: number; readonly currency: string }
  readonly spent_7d: number
  /** Balance over the mean of the days with use in the last seven; null without use. */
  readonly runway_days: number | null
  readonly alerts: readonly AccountAlert[]
  readonly claimable: readonly ClaimablePurchase[]
  /** For "buy more": the publishable key of the account page itself. */
  readonly publishable_key: string
}

export type AccountAlert =
  | { readonly kind: 'low_balance'; readonly balance: number }
  | { readonly kind: 'empty_balance' }
  | { readonly kind: 'negative_balance'; readonly balance: number }
  | { readonly kind: 'key_budget'; readonly key_id: string; readonly name: string; readonly percent: number }
  /** An app that was connected before budgets existed, and may spend everything. */
  | { readonly kind: 'app_without_limit'; readonly app_id: string; readonly name: string }

export type UsageGrouping = 'day' | 'model' | 'app' | 'key'

/** `GET /v1/account/usage?from&to&group_by&time_zone`. `from` and `to` are ISO dates (`2026-11-21`) in that time zone, both inclusive. */
export interface AccountUsage {
  readonly from: string
  readonly to: string
  readonly time_zone: string
  readonly group_by: UsageGrouping
  readonly data: readonly {
    /**
     * ISO date, model id, app id or key id. `older` among the keys: calls so old that only the sums of their days (UTC)
     * are kept, and not by which key they were made.
     */
    readonly group: string
    /** What people call it. */
    readonly label: string
    readonly calls: number
    readonly input_tokens: number
    readonly output_tokens: number
    readonly charge: number
    readonly provider_cost: number
    readonly referral_share: number
    readonly fee: number
  }[]
  /** `older_calls`: how many of the calls are kept as sums of a UTC day. */
  readonly total: { readonly calls: number; readonly charge: number; readonly older_calls: number }
}

/**
 * `GET /v1/account/requests?after&limit&model&app&key&status&from&to&time_zone`; `GET /v1/account/requests/{id}` is
 * `AccountRequestStory`. Newest first, by when a call ended, since that is when it is charged. The calls of one model in one app on
 * one old day (UTC) may be one entry: then `calls` is their number and `key.id` is `older`.
 */
export interface AccountRequest {
  readonly request_id: string
  /** 1, or how many old calls the entry sums up: there is no story of those. */
  readonly calls: number
  readonly created_at: number
  readonly model: string
  readonly app: { readonly id: string; readonly name: string }
  readonly key: { readonly id: string; readonly name: string | null; readonly last_four: string }
  /** `running`, `settled`, `released`. */
  readonly status: string
  readonly ending: string | null
  readonly billed_to: 'credits' | 'passthrough'
  readonly estimated: boolean
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly charge: number | null
}

export interface AccountRequestStory extends RequestResponse {
  readonly app: AccountRequest['app']
  readonly key: AccountRequest['key']
}

/** `GET /v1/account/purchases` */
export interface AccountPurchase {
  readonly purchase_id: string
  readonly app: { readonly id: string; readonly name: string }
  readonly status: 'open' | 'processing' | 'complete' | 'expired' | 'failed'
  /** Major units. */
  readonly amount: number
  readonly currency: string
  readonly credits: number
  /** Credits that a refund or a dispute took back. */
  readonly taken_back: number
  readonly created_at: number
  readonly completed_at: number | null
  /** Stripe's own page of the receipt, once it is known. */
  readonly receipt_url: string | null
}

/** `POST /v1/account/purchases`: buys for the signed-in user on Stripe's own page. */
export interface AccountPurchaseRequest {
  /** Major units of the currency. */
  readonly amount: number
  /** Default `usd`. */
  readonly currency?: string
  readonly locale?: string
}

/** The page asks `GET /v1/account/purchases/{id}` until `status` is `complete`. */
export interface AccountPurchaseOpened {
  readonly purchase_id: string
  readonly checkout_url: string
  readonly expires_at: number
}

/** `GET /v1/account/files`: what programs keep here for the user, in all apps, the newest first. `DELETE /v1/account/files/{id}` deletes one. */
export interface AccountFile {
  readonly id: string
  readonly filename: string
  readonly mime_type: string
  readonly size_bytes: number
  /** Only this app's programs can read it. */
  readonly app: { readonly id: string; readonly name: string }
  readonly created_at: number
  /** Requests that it has been used in. */
  readonly uses: number
  readonly last_used_at: number | null
  /** Null: kept until it is deleted. */
  readonly expires_at: number | null
}

export interface AccountFiles extends CursorPage<AccountFile> {
  /** All files of the user together, and how much they may be. */
  readonly stored_bytes: number
  readonly stored_bytes_max: number
}

/**
 * `GET /v1/account/batches`: requests that a provider answers within a day for half the price, in all apps, the newest
 * first. `POST /v1/account/batches/{id}/cancel` ends one early; what was answered by then is paid.
 */
export interface AccountBatch {
  readonly id: string
  readonly app: { readonly id: string; readonly name: string }
  /** `settling`: all is answered, and the costs are being counted · `unreachable`: its provider does not show it to us now. */
  readonly status: 'running' | 'canceling' | 'settling' | 'ended' | 'unreachable'
  readonly requests: number
  /** Counted when the batch has ended; 0 before. */
  readonly succeeded: number
  readonly errored: number
  readonly canceled: number
  readonly expired: number
  /** So far. */
  readonly charge: number
  /** Still set aside for the rest of it. */
  readonly held: number
  readonly created_at: number
  readonly ended_at: number | null
}

/** `GET /v1/account/apps`: who may spend, and how much. */
export interface AccountApp {
  readonly id: string
  readonly name: string
  readonly logo_url: string | null
  readonly website: string | null
  /** Where the app's maker answers its users. */
  readonly support_email: string | null
  /** Null: connected before limits existed, or "no limit" by choice. */
  readonly budget: number | null
  readonly window: BudgetWindowName | null
  /** In this window. */
  readonly spent: number
  readonly models: readonly string[] | null
  readonly expires_at: number | null
  readonly connected_at: number
  readonly last_used_at: number | null
  readonly live_keys: number
}

/** `PATCH /v1/account/apps/{id}`: what is left out stays. `DELETE` ends all keys that the app has of this user. */
export interface AccountAppChange {
  readonly budget?: number | null
  readonly window?: BudgetWindowName
  readonly models?: readonly string[] | null
  readonly expires_at?: number | null
}

export type KeyStatus = 'active' | 'expired' | 'revoked'

/** `GET /v1/account/keys` */
export interface AccountKey {
  readonly id: string
  readonly name: string | null
  readonly source: 'checkout' | 'login' | 'named' | 'account' | 'grant'
  /** Null for a personal key. */
  readonly app: { readonly id: string; readonly name: string } | null
  readonly last_four: string
  readonly status: KeyStatus
  readonly budget: number | null
  readonly window: BudgetWindowName | null
  readonly spent: number | null
  readonly rpm: number | null
  readonly models: readonly string[] | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly last_used_at: number | null
  readonly last_used_address: string | null
}

/** `POST /v1/account/keys`, and `PATCH /v1/account/keys/{id}` with any of these. */
export interface AccountKeyLimits {
  readonly name: string
  readonly budget?: number | null
  readonly window?: BudgetWindowName
  readonly rpm?: number | null
  readonly models?: readonly string[] | null
  readonly expires_at?: number | null
}

/** Of creating and of `POST /v1/account/keys/{id}/roll { grace_seconds }`. The secret is shown this once. */
export interface AccountKeySecret extends AccountKey {
  readonly key: string
}

/** `GET` and `PUT /v1/account/notifications` */
export interface AccountNotifications {
  readonly low_balance: { readonly enabled: boolean; readonly threshold: number }
  readonly key_budget: { readonly enabled: boolean; readonly percent: number }
  readonly new_app: { readonly enabled: boolean }
  readonly new_sign_in: { readonly enabled: boolean }
}

/** `GET /v1/account/log`: what was done with this user's money, keys and access. */
export interface AccountLogEntry {
  readonly id: string
  readonly at: number
  /** Such as `app.connected`, `key.created`, `consent.changed`. */
  readonly action: string
  /** In words: "Acme Notes may spend 500 credits a month". */
  readonly summary: string
  readonly actor: 'you' | 'operator' | 'system'
  readonly address: string | null
}

/** `POST /v1/account/delete`. Refused with 409 `balance_remaining` from 100 credits on, unless `forfeit` is true. */
export interface AccountDeletion {
  readonly forfeit?: boolean
}
