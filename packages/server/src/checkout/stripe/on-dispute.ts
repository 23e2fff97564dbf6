import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { recordTakeBack } from '../take-back.ts'
import type { EventOutcome } from './handle-event.ts'
import { idOf } from './id-of.ts'
import { digitsOf, fromStripeAmountRoundingUp } from './stripe-amount.ts'

/** The payment is disputed: its credits are taken back while that lasts, and given back if the dispute is won. */
export async function onDispute(
  transaction: DatabaseTransaction,
  dispute: Stripe.Dispute,
  at: { readonly isOfLiveWorld: boolean; readonly createdAtMs: number; readonly nowMs: number },
): Promise<EventOutcome> {
  const paymentIntentId = idOf(dispute.payment_intent)
  if (paymentIntentId === null)
    return { state: 'handled', isAlarming: at.isOfLiveWorld, text: `dispute ${dispute.id} names no payment` }
  const { text, isForeign } = await recordTakeBack(
    transaction,
    {
      kind: 'disputes',
      id: dispute.id,
      paymentIntentId,
      amountMinor: fromStripeAmountRoundingUp(dispute.amount, digitsOf(dispute.currency)),
      currency: dispute.currency,
      status: dispute.status,
      seenAtMs: at.createdAtMs,
      isOfLiveWorld: at.isOfLiveWorld,
    },
    at.nowMs,
  )
  // A developer who tries out a dispute alarms nobody.
  return { state: isForeign ? 'parked' : 'handled', isAlarming: at.isOfLiveWorld || isForeign, text }
}
