import {
  nowSeconds,
  type PaymentObject,
  type SessionObject,
  type StripeObject,
  type StripeState,
  stripeId,
} from './stripe-state.ts'
import type { WebhookSender } from './webhook-sender.ts'

export type CardOutcome =
  | 'succeeds'
  | 'declined'
  | 'insufficient_funds'
  | 'needs_authentication'
  | 'delayed'
  | 'delayed_fails'

/** Stripe's test cards, and two for methods that pay days later. */
const cards: Readonly<Record<string, CardOutcome>> = {
  '4242424242424242': 'succeeds',
  '5555555555554444': 'succeeds',
  '4000000000000002': 'declined',
  '4000000000009995': 'insufficient_funds',
  '4000002500003155': 'needs_authentication',
  '4000000000000077': 'delayed',
  '4000000000000093': 'delayed_fails',
}

export interface PayResult {
  readonly outcome: 'complete' | 'declined' | 'needs_authentication'
  readonly message: string | null
}

export interface Cashier {
  pay(
    session: SessionObject,
    card: string,
    options?: { readonly email?: string; readonly isAuthenticated?: boolean },
  ): PayResult
  expire(session: SessionObject): void
  refund(payment: PaymentObject, amount: number, metadata?: Record<string, string>): StripeObject
  failRefund(refundId: string): void
  dispute(payment: PaymentObject, amount: number): StripeObject
  closeDispute(disputeId: string, status: 'won' | 'lost'): void
}

/** Moves sessions, payments, refunds and disputes through their states, and tells of each by webhook. */
export function createCashier(state: StripeState, webhooks: WebhookSender, delayedAfterMs: number): Cashier {
  return {
    pay(session, card, options = {}) {
      if (session.status !== 'open') return { outcome: 'declined', message: 'This checkout session is no longer open.' }
      const outcome = cards[card.replace(/\D/g, '')] ?? 'declined'
      if (outcome === 'declined') return { outcome: 'declined', message: 'Your card was declined.' }
      if (outcome === 'insufficient_funds') return { outcome: 'declined', message: 'Your card has insufficient funds.' }
      if (outcome === 'needs_authentication' && options.isAuthenticated !== true)
        return { outcome: 'needs_authentication', message: null }
      const payment = createPayment(state, session)
      Object.assign(session, {
        status: 'complete',
        payment_intent: payment.id,
        customer_details: { email: options.email ?? session.customer_email },
      })
      if (outcome === 'delayed' || outcome === 'delayed_fails') {
        payment.status = 'processing'
        webhooks.emit('checkout.session.completed', session)
        setTimeout(
          () => finishDelayed(state, webhooks, session, payment, outcome === 'delayed'),
          delayedAfterMs,
        ).unref()
      } else {
        succeed(state, webhooks, session, payment)
        webhooks.emit('checkout.session.completed', session)
      }
      return { outcome: 'complete', message: null }
    },
    expire(session) {
      if (session.status !== 'open') return
      session.status = 'expired'
      webhooks.emit('checkout.session.expired', session)
    },
    refund(payment, amount, metadata = {}) {
      const refund = {
        id: stripeId('re'),
        object: 'refund',
        amount,
        currency: payment.currency,
        charge: payment.latest_charge,
        payment_intent: payment.id,
        status: 'succeeded',
        metadata,
        created: nowSeconds(),
      }
      state.refunds.set(refund.id, refund)
      webhooks.emit('refund.created', refund)
      return refund
    },
    failRefund(refundId) {
      const refund = state.refunds.get(refundId)
      if (refund === undefined) return
      refund.status = 'failed'
      webhooks.emit('refund.failed', refund)
    },
    dispute(payment, amount) {
      const dispute = {
        id: stripeId('du'),
        object: 'dispute',
        amount,
        currency: payment.currency,
        charge: payment.latest_charge,
        payment_intent: payment.id,
        reason: 'fraudulent',
        status: 'needs_response',
        metadata: {},
        created: nowSeconds(),
      }
      state.disputes.set(dispute.id, dispute)
      webhooks.emit('charge.dispute.created', dispute)
      return dispute
    },
    closeDispute(disputeId, status) {
      const dispute = state.disputes.get(disputeId)
      if (dispute === undefined) return
      dispute.status = status
      webhooks.emit('charge.dispute.closed', dispute)
    },
  }
}

function createPayment(state: StripeState, session: SessionObject): PaymentObject {
  const payment: PaymentObject = {
    id: stripeId('pi'),
    object: 'payment_intent',
    amount: session.amount_total,
    currency: session.currency,
    status: 'requires_payment_method',
    latest_charge: null,
    metadata: session.payment_metadata as Record<string, string>,
    livemode: false,
    created: nowSeconds(),
  }
  state.payments.set(payment.id, payment)
  return payment
}

function succeed(state: StripeState, webhooks: WebhookSender, session: SessionObject, payment: PaymentObject): void {
  const charge = {
    id: stripeId('ch'),
    object: 'charge',
    amount: payment.amount,
    currency: payment.currency,
    payment_intent: payment.id,
    paid: true,
    status: 'succeeded',
    created: nowSeconds(),
  }
  state.charges.set(charge.id, charge)
  payment.status = 'succeeded'
  payment.latest_charge = charge.id
  session.payment_status = 'paid'
  webhooks.emit('payment_intent.succeeded', payment)
}

function finishDelayed(
  state: StripeState,
  webhooks: WebhookSender,
  session: SessionObject,
  payment: PaymentObject,
  isPaid: boolean,
): void {
  if (isPaid) succeed(state, webhooks, session, payment)
  else payment.status = 'requires_payment_method'
  webhooks.emit(`checkout.session.async_payment_${isPaid ? 'succeeded' : 'failed'}`, session)
}
