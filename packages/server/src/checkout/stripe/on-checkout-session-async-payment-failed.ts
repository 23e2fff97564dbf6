import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { fulfilPurchase } from '../fulfil-purchase.ts'
import type { EventOutcome } from './handle-event.ts'
import { asEventOutcome } from './on-checkout-session-completed.ts'
import { toPaidSession } from './to-paid-session.ts'

/** A delayed payment did not arrive: the session says `complete` and `unpaid` as before, only the event tells. */
export async function onCheckoutSessionAsyncPaymentFailed(
  transaction: DatabaseTransaction,
  session: Stripe.Checkout.Session,
  nowMs: number,
): Promise<EventOutcome> {
  return asEventOutcome(await fulfilPurchase(transaction, { ...toPaidSession(session), hasFailed: true }, nowMs))
}
