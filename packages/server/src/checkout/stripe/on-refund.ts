import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { recordTakeBack } from '../take-back.ts'
import type { EventOutcome } from './handle-event.ts'
import { idOf } from './id-of.ts'
import { digitsOf, fromStripeAmountRoundingUp } from './stripe-amount.ts'

/** Money went back to the user: so do the credits that it bought, per refund and once. A refund that failed gives them back. */
export async function onRefund(
  transaction: DatabaseTransaction,
  refund: Stripe.Refund,
  at: { readonly isOfLiveWorld: boolean; readonly createdAtMs: number; readonly nowMs: number },
): Promise<EventOutcome> {
  const paymentIntentId = idOf(refund.payment_intent)
  if (paymentIntentId === null)
    return { state: 'handled', isAlarming: true, text: `refund ${refund.id} names no payment` }
  const { text, isForeign } = await recordTakeBack(
    transaction,
    {
      kind: 'refunds',
      id: refund.id,
      paymentIntentId,
      amountMinor: fromStripeAmountRoundingUp(refund.amount, digitsOf(refund.currency)),
      currency: refund.currency,
      status: refund.status ?? 'pending',
      seenAtMs: at.createdAtMs,
      isOfLiveWorld: at.isOfLiveWorld,
    },
    at.nowMs,
  )
  return { state: isForeign ? 'parked' : 'handled', isAlarming: isForeign, text }
}
