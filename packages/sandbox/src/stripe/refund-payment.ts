import type { Bank } from './pay-session.ts'
import { formatAmount } from './stripe-currency.ts'
import { invalid } from './stripe-error.ts'
import {
  type ChargeObject,
  nowSeconds,
  type PaymentObject,
  type RefundObject,
  type RefundStatus,
  stripeId,
} from './stripe-state.ts'

export interface RefundWish {
  /** Minor units; the rest of the charge without it. */
  readonly amount?: number | undefined
  readonly reason?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** `pending` waits for `finishRefund`; default `succeeded`, as with cards. */
  readonly status?: 'succeeded' | 'pending' | undefined
}

/** Gives money back. @throws StripeApiError when nothing, or not so much, is left to give back. */
export function refundPayment(bank: Bank, payment: PaymentObject, wish: RefundWish): RefundObject {
  const charge = bank.state.charges.get(payment.latest_charge ?? '')
  if (payment.status !== 'succeeded' || charge === undefined) {
    throw invalid(
      'This PaymentIntent does not have a successful charge to refund.',
      'payment_intent',
      'payment_intent_unexpected_state',
    )
  }
  const left = charge.amount - charge.amount_refunded
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, 'charge', 'charge_already_refunded')
  const amount = wish.amount ?? left
  if (amount <= 0) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer')
  if (amount > left) {
    const [wanted, rest] = [amount, left].map((one) => formatAmount(one, charge.currency))
    throw invalid(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${rest})`, 'amount')
  }
  const refund = makeRefund(charge, amount, wish)
  bank.state.refunds.set(refund.id, refund)
  countRefunded(charge, amount)
  bank.emit('refund.created', refund)
  bank.emit('charge.refunded', charge)
  return refund
}

/** A pending refund ends; one that succeeded can still fail, as at Stripe when the bank sends it back. */
export function finishRefund(bank: Bank, refund: RefundObject, status: Exclude<RefundStatus, 'pending'>): void {
  const isOver = refund.status === 'failed' || refund.status === 'canceled'
  if (isOver || refund.status === status) throw new Error(`refund ${refund.id} is ${refund.status} already`)
  refund.status = status
  if (status === 'succeeded') {
    bank.emit('refund.updated', refund)
    return
  }
  const charge = bank.state.charges.get(refund.charge)
  if (charge !== undefined) countRefunded(charge, -refund.amount)
  if (status === 'failed') refund.failure_reason = 'lost_or_stolen_card'
  bank.emit('refund.updated', refund)
  if (status === 'failed') bank.emit('refund.failed', refund)
}

function countRefunded(charge: ChargeObject, amount: number): void {
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount
}

function makeRefund(charge: ChargeObject, amount: number, wish: RefundWish): RefundObject {
  return {
    id: stripeId('re'),
    object: 'refund',
    amount,
    balance_transaction: stripeId('txn'),
    charge: charge.id,
    created: nowSeconds(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: wish.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: wish.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: wish.status ?? 'succeeded',
    transfer_reversal: null,
  }
}
