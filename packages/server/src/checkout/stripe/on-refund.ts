import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { recordTakeBack } from '../take-back.ts'
import { findPurchaseOfPayment, idOf } from './find-purchase-of-payment.ts'
import type { EventOutcome } from './handle-event.ts'

/** Money went back to the user: so do the credits that it bought, per refund and once. A refund that failed gives them back. */
export async function onRefund(
  transaction: DatabaseTransaction,
  refund: Stripe.Refund,
  nowMs: number,
): Promise<EventOutcome> {
  const paymentIntentId = idOf(refund.payment_intent)
  if (paymentIntentId === null)
    return { state: 'handled', isAlarming: true, text: `refund ${refund.id} names no payment` }
  const purchase = await findPurchaseOfPayment(transaction, paymentIntentId, refund.metadata)
  const text = await recordTakeBack(
    transaction,
    {
      kind: 'refunds',
      id: refund.id,
      paymentIntentId,
      amountMinor: refund.amount,
      currency: refund.currency,
      status: refund.status ?? 'pending',
    },
    purchase,
    nowMs,
  )
  return { state: 'handled', isAlarming: false, text }
}
