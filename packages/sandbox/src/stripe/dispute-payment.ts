import type { Bank } from './pay-session.ts'
import { type DisputeObject, nowSeconds, type PaymentObject, stripeId } from './stripe-state.ts'

const evidenceDays = 7

/** The payer's bank takes the money back while it asks. @throws for a payment that was not made, or a larger amount. */
export function openDispute(
  bank: Bank,
  payment: PaymentObject,
  amount = payment.amount,
  reason = 'fraudulent',
): DisputeObject {
  const charge = bank.state.charges.get(payment.latest_charge ?? '')
  if (payment.status !== 'succeeded' || charge === undefined) throw new Error(`payment ${payment.id} was not made`)
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > payment.amount)
    throw new Error(`a dispute of ${amount} does not fit a payment of ${payment.amount}`)
  const dispute: DisputeObject = {
    id: stripeId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: nowSeconds(),
    currency: payment.currency,
    enhanced_eligibility_types: [],
    evidence: {},
    evidence_details: {
      due_by: nowSeconds() + evidenceDays * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    network_reason_code: null,
    payment_intent: payment.id,
    payment_method_details: {
      card: { brand: 'visa', case_type: 'chargeback', network_reason_code: '10.4' },
      type: 'card',
    },
    reason,
    status: 'needs_response',
  }
  bank.state.disputes.set(dispute.id, dispute)
  charge.disputed = true
  bank.emit('charge.dispute.created', dispute)
  moveBalance(dispute, -amount)
  bank.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/** The bank decides; a won dispute brings the money back. @throws for a dispute that is closed already. */
export function closeDispute(bank: Bank, dispute: DisputeObject, status: 'won' | 'lost'): void {
  if (dispute.status === 'won' || dispute.status === 'lost')
    throw new Error(`dispute ${dispute.id} is ${dispute.status} already`)
  dispute.status = status
  if (status === 'won') moveBalance(dispute, dispute.amount)
  bank.emit('charge.dispute.closed', dispute)
  if (status === 'won') bank.emit('charge.dispute.funds_reinstated', dispute)
}

function moveBalance(dispute: DisputeObject, amount: number): void {
  dispute.balance_transactions = [
    ...dispute.balance_transactions,
    {
      id: stripeId('txn'),
      object: 'balance_transaction',
      amount,
      currency: dispute.currency,
      reporting_category: 'dispute',
    },
  ]
}
