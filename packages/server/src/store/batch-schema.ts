import type { Generated } from 'kysely'

/** Batches: many requests that a provider answers within a day, at its batch price. Ids, counts and prices, never content. */
export interface BatchSchema {
  hold_parts: HoldPartsTable
  batches: BatchesTable
  batch_items: BatchItemsTable
}

/** What each part of a hold holds, as long as it is not settled. Only a batch's hold has parts. */
export interface HoldPartsTable {
  hold_id: string
  position: number
  amount_microcredits: number
}

/** One batch of a user in an app, and the one batch at a provider that answers it. */
export interface BatchesTable {
  /** `msgbatch_…` or `batch_…`; its hold is `batch:<id>`. */
  id: string
  kind: 'messages' | 'openai'
  user_id: string
  partner_id: string
  /** The world of its key. */
  livemode: Generated<number>
  /** The key that made it: its requests are booked under it. Who may see the batch does not depend on it. */
  key_id: string
  provider: string
  /** HMAC of the provider's key that made it: only that key's workspace has it. */
  provider_key_hash: string
  /** The provider's id; null until its answer has come, or was found by its list. */
  upstream_id: string | null
  /**
   * `sending` until the provider has said that it has the batch · `in_progress` · `canceling` · `ended` at the provider ·
   * `stranded` no key that is configured reaches it · `refused` by the provider, and only there until its hold is not.
   */
  state: 'sending' | 'in_progress' | 'canceling' | 'ended' | 'stranded' | 'refused'
  items: number
  /** What is settled so far. */
  succeeded: Generated<number>
  errored: Generated<number>
  canceled: Generated<number>
  expired: Generated<number>
  /** Requests that the provider's results do not mention; nothing is charged for them. */
  missing: Generated<number>
  charge_microcredits: Generated<number>
  /** Held at admission, for all requests together. */
  hold_microcredits: number
  /** JSON: the distinct prices of its requests, which name theirs by its place. */
  prices: string
  share_basis_points: number
  fee_basis_points: number
  budget_microcredits: number | null
  /** JSON: what the provider says of it at its end, where the client is shown that. */
  upstream_end: string | null
  /** JSON: what only one format's answers have. */
  details: Generated<string>
  created_at_ms: number
  expires_at_ms: number
  cancel_requested_at_ms: number | null
  /** When the provider says that it ended. */
  ended_at_ms: number | null
  /** When nothing of its hold was left. */
  settled_at_ms: number | null
  deleted_at_ms: number | null
  next_poll_at_ms: number
  /** How often its results were read to their end. */
  reads: Generated<number>
}

export interface BatchItemsTable {
  batch_id: string
  position: number
  /** The client's own. */
  custom_id: string
  /** The catalogue's id. */
  model: string
  price_index: number
  /** For an answer that the provider does not count. */
  likely_input_tokens: number
  max_tokens: number
  state: 'open' | 'succeeded' | 'errored' | 'canceled' | 'expired' | 'missing'
  charge_microcredits: Generated<number>
}
