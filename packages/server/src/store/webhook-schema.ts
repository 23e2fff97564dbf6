import type { Generated } from 'kysely'

/** Tables of the webhooks that partners get. */
export interface WebhookSchema {
  webhook_endpoints: WebhookEndpointsTable
  webhook_events: WebhookEventsTable
  webhook_deliveries: WebhookDeliveriesTable
  webhook_attempts: WebhookAttemptsTable
  webhook_low_marks: WebhookLowMarksTable
  webhook_budget_marks: WebhookBudgetMarksTable
}

/** Where a partner gets events. */
export interface WebhookEndpointsTable {
  /** `whe_…` */
  id: string
  partner_id: string
  url: string
  description: string | null
  /** JSON array of event types, or null for all. */
  events: string | null
  /** Sealed: it is read back to sign. */
  secret_ciphertext: string
  /** The secret before it was rolled, which signs as well until its time is over. */
  previous_secret_ciphertext: string | null
  previous_until_ms: number | null
  state: 'enabled' | 'disabled'
  /** Why the server or the partner disabled it; null while it is enabled. */
  disabled_reason: 'by_hand' | 'gone' | 'failed_events' | 'nothing_delivered' | null
  /** Events in a row that failed for half an hour. */
  consecutive_failures: Generated<number>
  /** When the first attempt failed after the last one that succeeded; null: the last one succeeded, or there was none. */
  failing_since_ms: number | null
  created_at_ms: number
}

/** Written in the transaction of the cause, for partners that have an endpoint. */
export interface WebhookEventsTable {
  /** `evt_…`, derived from the cause, so that a cause that is handled twice writes one event. */
  id: string
  partner_id: string
  /** The world that it happened in: that of its app's row. */
  livemode: Generated<number>
  type: string
  /** Whom it is about; the partner is told a pseudonym. */
  user_id: string | null
  /** JSON: the body's `data` without the user. */
  data: string
  created_at_ms: number
}

/** One event for one endpoint. */
export interface WebhookDeliveriesTable {
  /** `whd_…`, of the event's and the endpoint's id. */
  id: string
  event_id: string
  endpoint_id: string
  partner_id: string
  /** `skipped`: the endpoint was disabled. */
  state: 'pending' | 'delivered' | 'failed' | 'skipped'
  /** All of them. */
  attempts: Generated<number>
  /** Since it was last queued: its place in the schedule. */
  attempts_in_round: Generated<number>
  /** When a pending one is tried next. */
  next_at_ms: number
  last_status: number | null
  last_error: string | null
  created_at_ms: number
}

/** One request to an endpoint, and how it ended. Kept for 30 days. */
export interface WebhookAttemptsTable {
  id: string
  delivery_id: string
  /** From 1. */
  attempt: number
  at_ms: number
  /** Null: there was no answer. */
  status: number | null
  error: string | null
  took_ms: number
  /** JSON: the headers that were sent. A signature is not the secret. Null on attempts of before migration 030. */
  request_headers: string | null
  /** The beginning of the answer's body. */
  response_head: string | null
}

/** Whether a user's low balance was told to the apps of that user. */
export interface WebhookLowMarksTable {
  user_id: string
  low_told_at_ms: number | null
  empty_told_at_ms: number | null
}

/** The newest window of a budget in which its app was told that it is used up. */
export interface WebhookBudgetMarksTable {
  budget_id: string
  window_start_ms: number
  /** A budget that was raised since is told of again. */
  budget_microcredits: number
}
