import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { recordTakeBack } from '../take-back.ts'
import { findPurchaseOfPayment, idOf } from './find-purchase-of-payment.ts'
import type { EventOutcome } from './handle-event.ts'

/** The payment is disputed: its credits are taken back while that lasts, and given back if the dispute is won. */
export async function onDispute(
  transaction: DatabaseTransaction,
  dispute: Stripe.Dispute,
  nowMs: number,
): Promise<EventOutcome> {
  const paymentIntentId = idOf(dispute.payment_intent)
  if (paymentIntentId === null)
    return { state: 'handled', isAlarming: true, text: `dispute ${dispute.id} names no payment` }
  const purchase = await findPurchaseOfPayment(transaction, paymentIntentId, dispute.metadata)
  const text = await recordTakeBack(
    transaction,
    {
      kind: 'disputes',
      id: dispute.id,
      paymentIntentId,
      amountMinor: dispute.amount,
      currency: dispute.currency,
      status: dispute.status,
    },
    purchase,
    nowMs,
  )
  return { state: 'handled', isAlarming: true, text }
}
