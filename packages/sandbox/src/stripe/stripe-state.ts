import { randomBytes } from 'node:crypto'

/** What the stand-in remembers: plain Stripe objects, as its API answers them. In memory only. */
export type StripeObject = Record<string, unknown> & { readonly id: string }

export interface SessionObject extends StripeObject {
  status: 'open' | 'complete' | 'expired'
  payment_status: 'paid' | 'unpaid'
  payment_intent: string | null
  client_secret: string | null
  url: string | null
  readonly amount_total: number
  readonly currency: string
  readonly metadata: Record<string, string>
  readonly ui_mode: string
  readonly success_url: string | null
  readonly cancel_url: string | null
  readonly expires_at: number
  readonly customer_email: string | null
}

export interface PaymentObject extends StripeObject {
  status: string
  readonly amount: number
  readonly currency: string
  latest_charge: string | null
  readonly metadata: Record<string, string>
}

export interface EventObject extends StripeObject {
  readonly type: string
  readonly data: { readonly object: StripeObject }
}

export interface StripeState {
  readonly sessions: Map<string, SessionObject>
  readonly payments: Map<string, PaymentObject>
  readonly charges: Map<string, StripeObject>
  readonly refunds: Map<
    string,
    StripeObject & { status: string; readonly payment_intent: string; readonly amount: number }
  >
  readonly disputes: Map<string, StripeObject & { status: string }>
  readonly events: EventObject[]
}

export const apiVersion = '2026-10-28.endive'

export function createStripeState(): StripeState {
  return {
    sessions: new Map(),
    payments: new Map(),
    charges: new Map(),
    refunds: new Map(),
    disputes: new Map(),
    events: [],
  }
}

/** An id as Stripe writes them: `cs_test_…`, `pi_…`. */
export function stripeId(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('base64url').replace(/[-_]/g, '0')}`
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
