import type { Generated, Insertable, Selectable } from 'kysely'
import type { BatchSchema } from './batch-schema.ts'
import type { FilesSchema } from './files-schema.ts'
import type { GrowthSchema } from './growth-schema.ts'
import type { KeptSchema } from './kept-schema.ts'
import type { MailSchema } from './mail-schema.ts'
import type { AppDeskColumns, AppStateColumns, PartnerSchema } from './partner-schema.ts'
import type { PaymentSchema } from './payment-schema.ts'
import type { PeopleSchema } from './people-schema.ts'
import type { SetupSchema } from './setup-schema.ts'
import type { WebhookSchema } from './webhook-schema.ts'
import type { TestWorldSchema } from './world-schema.ts'

/**
 * The tables of money; the other files named `…-schema.ts` have the others. Units are in the names: `…_microcredits`, `…_ms` (since 1970), `…_minor` (of a currency),
 * `…_basis_points`. Booleans are 0 or 1: both engines agree on integers.
 */
export interface Schema
  extends GrowthSchema,
    PeopleSchema,
    MailSchema,
    KeptSchema,
    FilesSchema,
    BatchSchema,
    PartnerSchema,
    SetupSchema,
    WebhookSchema,
    PaymentSchema,
    TestWorldSchema {
  partners: PartnersTable
  partner_origins: PartnerOriginsTable
  transfers: TransfersTable
  wallets: WalletsTable
  key_windows: KeyWindowsTable
  holds: HoldsTable
  account_roll_ups: AccountRollUpsTable
  requests: RequestsTable
  purchases: PurchasesTable
  guest_moves: GuestMovesTable
}

/** An app that embeds the SDK, in one of its two worlds. */
export interface PartnersTable extends AppStateColumns, AppDeskColumns {
  id: string
  /** 1 in the live world, 0 in the test world. */
  livemode: Generated<number>
  /** Of a twin: the app's row in the live world, whose settings it has. Null on that row. */
  live_partner_id: Generated<string | null>
  name: string
  email: string
  publishable_key: string
  share_basis_points: number
  /** JSON array of model ids, or null for all. */
  allowed_models: string | null
  logo_url: string | null
  /** `#rrggbb` */
  accent_color: string | null
  /** The model that estimates are made for; null for the one that is used most. */
  default_model: Generated<string | null>
  /** Pages on `localhost`, at any port, may use the app beside its registered origins. */
  allows_localhost: Generated<number>
  /** `account`: the operator's own account page. It earns no share, and its keys are the personal ones. */
  kind: Generated<'app' | 'account'>
  website: string | null
  /** What a user is asked to allow; null for the default. */
  suggested_budget_microcredits: number | null
  suggested_budget_window: 'total' | 'day' | 'week' | 'month' | null
  is_active: Generated<number>
  created_at_ms: number
  updated_at_ms: number
}

export interface PartnerOriginsTable {
  partner_id: string
  /** Scheme, host and port, as browsers send it: `https://app.example`. */
  origin: string
}

/** Append-only, guarded by triggers. An account's balance is what it was credited less what it was debited. */
export interface TransfersTable {
  seq: Generated<number>
  /** Derived from its cause (`purchase:<id>`, `request:<id>:cost`), so that a replay meets the same row. */
  id: string
  debit_account: string
  credit_account: string
  amount_microcredits: number
  code: string
  /** The purchase, request, refund … that made it. */
  cause_id: string
  created_at_ms: number
  /** The window of a budget that it was spent in, where it came out of one. */
  budget_id: string | null
  budget_window_start_ms: number | null
  /** The budget of a merged guest that it was spent in as well. */
  guest_budget_id: string | null
}

/** The one guarded row of a user. `posted` is the wallet account's balance; it may be negative after a refund, never by use. */
export interface WalletsTable {
  user_id: string
  posted_microcredits: number
  held_microcredits: number
}

/** What was spent and is held of a budget in one window. */
export interface KeyWindowsTable {
  /** Of a consent, of a merged guest, or of a key: `keys/budget-of-key.ts`. */
  budget_id: string
  window_start_ms: number
  spent_microcredits: number
  held_microcredits: number
  /** No more may be held or spent in it, whatever a caller takes the budget for: what a guest brought along. */
  limit_microcredits: Generated<number | null>
}

/** Holds are here as long as they are open: who takes the row away resolves it. */
export interface HoldsTable {
  /** The request's id. */
  id: string
  user_id: string
  /** The budget that its key spends from, limited or not. */
  budget_id: string
  /** The budget window that it also holds in, if the key has a budget. */
  window_start_ms: number | null
  /** The budget of a merged guest that it also holds in; its window is the total one. */
  guest_budget_id: Generated<string | null>
  amount_microcredits: number
  /** `placed` not yet sent upstream · `sent`. */
  state: 'placed' | 'sent'
  server_id: string
  created_at_ms: number
  expires_at_ms: number
}

/** Balances of the partner and operator accounts up to a transfer, so that reading them stays fast. */
export interface AccountRollUpsTable {
  account: string
  /** Decimal text: a sum over all users may outgrow a safe integer. */
  balance_microcredits: string
  through_seq: number
  updated_at_ms: number
}

/** One metered call: what was asked, what it used, at which price, who paid. Never a prompt or a response. */
export interface RequestsTable {
  id: string
  user_id: string
  key_id: string
  partner_id: string
  endpoint: string
  /** The catalogue's id, `provider/model`. */
  model: string
  provider: string
  is_stream: number
  billed_to: 'credits' | 'passthrough'
  /** `admitted` until settled or released. */
  state: 'admitted' | 'settled' | 'released'
  /** How it ended; null while it runs. */
  ending: string | null
  /** Status that the client got. */
  http_status: number | null
  error_code: string | null
  is_estimated: number
  /** Known at admission. */
  estimated_input_tokens: number
  /** Asked for by the client; null when it named no limit. */
  requested_max_tokens: number | null
  /** Sent upstream; null when nothing was said upstream. */
  granted_max_tokens: number | null
  /** Output seen so far while it runs; what recovery goes by when the server died. */
  progress_output_tokens: number
  input_tokens: number | null
  cache_read_tokens: number | null
  cache_write_5m_tokens: number | null
  cache_write_1h_tokens: number | null
  output_tokens: number | null
  web_searches: number | null
  /** JSON: where the provider counted the runs of its models apart, all of them; the buckets above are their sum. */
  runs: string | null
  /** JSON: the price fixed at admission. */
  price: string
  share_basis_points: number
  fee_basis_points: number
  /** What is held at admission; after the end, all that was held by then. */
  hold_microcredits: number
  provider_cost_microcredits: number | null
  share_microcredits: number | null
  fee_microcredits: number | null
  /** What the user paid. */
  charge_microcredits: number | null
  /** The part of the provider's cost that the operator paid, because neither the hold nor the wallet covered it. */
  shortfall_microcredits: number | null
  /** Cost, share and fee above the hold; null on calls that ended before migration 004. */
  missed_microcredits: number | null
  /** The part of the charge that went past the key's budget. */
  over_budget_microcredits: number | null
  upstream_request_id: string | null
  created_at_ms: number
  first_byte_at_ms: number | null
  ended_at_ms: number | null
}

/** One paid (or not yet paid) checkout. Inserted before Stripe is asked. */
export interface PurchasesTable {
  id: string
  partner_id: string
  user_id: string
  key_id: string
  mode: 'embedded' | 'new_tab' | 'manual'
  /** Only forward: creating → open → processing → complete; or expired, failed. */
  status: 'creating' | 'open' | 'processing' | 'complete' | 'expired' | 'failed'
  amount_minor: number
  currency: string
  credits_microcredits: number
  /** What Stripe says: paid with live or with test keys. Null until Stripe has answered. */
  is_livemode: number | null
  /** The world of its app and its user, as on `partners`. */
  livemode: Generated<number>
  stripe_session_id: string | null
  stripe_payment_intent_id: string | null
  /** Words for the user; null unless failed. */
  failure: string | null
  created_at_ms: number
  expires_at_ms: number
  completed_at_ms: number | null
  /** When the user went back on Stripe's own page; null if never. */
  cancelled_at_ms: Generated<number | null>
  /** The address that Stripe collected with the payment, lower case. It opens nothing by itself. */
  email: string | null
  /** In which the checkout was, for the receipt; null where the caller did not say. */
  locale: Generated<string | null>
  /** 1: the app's budget grows by what was bought, once it is paid, and shrinks by what is refunded. */
  raises_budget: Generated<number>
  /** Stripe's page of the receipt. */
  receipt_url: string | null
  /** The account that took over a guest's purchase. */
  claimed_by_user_id: string | null
  claimed_at_ms: number | null
  /** With which it came to the account, where a guest had paid it; null otherwise. */
  guest_move_id: string | null
}

/** Credits that came to an account with a guest's purchases: by a sign-in with the guest's key, or by a claim. */
export interface GuestMovesTable {
  /** `merge:<guest>` for the whole wallet, `claim:<purchase>` for a part of one. */
  id: string
  guest_user_id: string
  account_user_id: string
  /** What the guest's wallet had, or the part of it that was claimed; below zero where the guest owed. */
  posted_microcredits: number
  /** By refunds and disputes since; below zero where one of before was won or failed. */
  taken_back_microcredits: number
}

export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>
export type NewRow<Table extends keyof Schema> = Insertable<Schema[Table]>
