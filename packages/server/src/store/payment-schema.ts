import type { Generated } from 'kysely'

/** What the payment provider told, and what was answered to who asked twice. */
export interface PaymentSchema {
  stripe_events: StripeEventsTable
  refunds: RefundsTable
  disputes: DisputesTable
  /** A row for each payment, locked by whoever acts on it. */
  payment_turns: { stripe_payment_intent_id: string }
  idempotent_answers: IdempotentAnswersTable
}

/** The inbox: written in the transaction that does the work, so "seen" and "credited" are one. */
export interface StripeEventsTable {
  id: string
  type: string
  /** `handled`, or `parked` until the thing that it speaks of is known here. */
  state: 'handled' | 'parked'
  /** The object it is about: session, refund, dispute. */
  object_id: string
  /** What was done, one sentence. */
  outcome: string
  /** 0: a secret of the test world signed it. */
  livemode: Generated<number>
  received_at_ms: number
  /** Of a parked event: when it was last tried. */
  handled_at_ms: number | null
}

/** One row a Stripe refund: `debited` says whether its credits are taken back at present. */
export interface RefundsTable {
  id: string
  stripe_payment_intent_id: string
  purchase_id: string | null
  amount_minor: number
  currency: string
  status: string
  debited_microcredits: number
  /** Counts debits and reversals, to name their transfers. */
  revision: number
  /** Stripe's time of the newest message: they come in any order. */
  updated_at_ms: number
  /** 0: of the test world. */
  livemode: Generated<number>
}

/** The same of a Stripe dispute. */
export type DisputesTable = RefundsTable

/** Answers kept for `Idempotency-Key`, without secrets. */
export interface IdempotentAnswersTable {
  /** Who asked: endpoint, app, and user or address. */
  scope: string
  idempotency_key: string
  request_hash: string
  /** JSON, or null while the first request runs. */
  answer: string | null
  created_at_ms: number
}
