import { randomBytes } from 'node:crypto'

/** What the stand-in remembers: plain Stripe objects, as its API answers them. In memory only. */
export type StripeObject = Record<string, unknown> & { readonly id: string; readonly object: string }

export interface SessionObject extends StripeObject {
  status: 'open' | 'complete' | 'expired'
  payment_status: 'paid' | 'unpaid'
  payment_intent: string | null
  client_secret: string | null
  url: string | null
  customer_details: Readonly<Record<string, unknown>> | null
  metadata: Readonly<Record<string, string>>
  readonly amount_total: number
  readonly currency: string
  readonly client_reference_id: string | null
  readonly ui_mode: string
  readonly success_url: string | null
  readonly cancel_url: string | null
  readonly expires_at: number
  readonly customer_email: string | null
  readonly branding_settings: Readonly<Record<string, unknown>>
}

export type PaymentStatus = 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded'

export interface PaymentObject extends StripeObject {
  status: PaymentStatus
  amount_received: number
  latest_charge: string | null
  last_payment_error: Readonly<Record<string, unknown>> | null
  next_action: Readonly<Record<string, unknown>> | null
  readonly amount: number
  readonly currency: string
  readonly metadata: Readonly<Record<string, string>>
}

export interface ChargeObject extends StripeObject {
  status: 'succeeded' | 'pending' | 'failed'
  paid: boolean
  amount_refunded: number
  refunded: boolean
  disputed: boolean
  readonly amount: number
  readonly currency: string
  readonly payment_intent: string
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'canceled'

export interface RefundObject extends StripeObject {
  status: RefundStatus
  failure_reason?: string
  metadata: Readonly<Record<string, string>>
  readonly amount: number
  readonly charge: string
  readonly payment_intent: string
}

export interface DisputeObject extends StripeObject {
  status: 'needs_response' | 'under_review' | 'won' | 'lost'
  is_charge_refundable: boolean
  balance_transactions: readonly unknown[]
  readonly amount: number
  readonly charge: string
  readonly payment_intent: string
}

export interface EventObject extends StripeObject {
  readonly type: string
  readonly created: number
  readonly data: { readonly object: StripeObject }
}

export interface EndpointObject extends StripeObject {
  status: 'enabled' | 'disabled'
  url: string
  enabled_events: readonly string[]
  readonly secret: string
}

export interface StripeState {
  readonly sessions: Map<string, SessionObject>
  /** What the payment of a session is to carry, by session: Stripe makes the payment only when somebody tries to pay. */
  readonly paymentPlans: Map<string, PaymentPlan>
  readonly payments: Map<string, PaymentObject>
  readonly charges: Map<string, ChargeObject>
  readonly refunds: Map<string, RefundObject>
  readonly disputes: Map<string, DisputeObject>
  readonly endpoints: Map<string, EndpointObject>
  readonly events: EventObject[]
}

export interface PaymentPlan {
  readonly metadata: Readonly<Record<string, string>>
  readonly description: string | null
  readonly transferGroup: string | null
  readonly receiptEmail: string | null
  readonly lineItemName: string
  readonly quantity: number
  readonly unitAmount: number
}

/** The version that `stripe` 23.1.0 speaks. */
export const apiVersion = '2026-10-28.endive'

export function createStripeState(): StripeState {
  return {
    sessions: new Map(),
    paymentPlans: new Map(),
    payments: new Map(),
    charges: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    endpoints: new Map(),
    events: [],
  }
}

/** An object by its id, of whatever kind. */
export function findObject(state: StripeState, id: string): StripeObject | undefined {
  const { sessions, payments, charges, refunds, disputes, endpoints } = state
  return [sessions, payments, charges, refunds, disputes, endpoints].map((kind) => kind.get(id)).find(Boolean)
}

/** An id as Stripe writes them: `cs_test_…`, `pi_…`. */
export function stripeId(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('base64url').replace(/[-_]/g, '0')}`
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
