import type { PaymentStatus, StripeState } from './stripe-state.ts'

/** One payment as the bank saw it, in Stripe's minor units: the truth that a ledger is compared with. */
export interface PaymentRecord {
  readonly sessionId: string
  readonly paymentIntentId: string
  readonly clientReferenceId: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly currency: string
  readonly status: PaymentStatus
  readonly amount: number
  readonly paid: number
  /** Refunds that failed or were canceled are not in it. */
  readonly refunded: number
  /** Withdrawn by disputes that are open or lost. */
  readonly disputed: number
}

/** Every payment that was tried, in the order of its session. */
export function readPaymentRecord(state: StripeState): readonly PaymentRecord[] {
  return [...state.sessions.values()].flatMap((session) => {
    const payment = state.payments.get(session.payment_intent ?? '')
    if (payment === undefined) return []
    const of = ({ payment_intent: id }: { readonly payment_intent: string }) => id === payment.id
    const refunds = [...state.refunds.values()].filter(of)
    const disputes = [...state.disputes.values()].filter(of)
    return [
      {
        sessionId: session.id,
        paymentIntentId: payment.id,
        clientReferenceId: session.client_reference_id,
        metadata: payment.metadata,
        currency: payment.currency,
        status: payment.status,
        amount: payment.amount,
        paid: payment.amount_received,
        refunded: sumOf(refunds.filter(({ status }) => status === 'pending' || status === 'succeeded')),
        disputed: sumOf(disputes.filter(({ status }) => status !== 'won')),
      },
    ]
  })
}

function sumOf(items: readonly { readonly amount: number }[]): number {
  return items.reduce((sum, { amount }) => sum + amount, 0)
}
