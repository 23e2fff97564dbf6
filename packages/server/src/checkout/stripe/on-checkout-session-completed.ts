import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { type FulfilOutcome, fulfilPurchase } from '../fulfil-purchase.ts'
import type { EventOutcome } from './handle-event.ts'
import { toPaidSession } from './to-paid-session.ts'

/** A session is complete, or a delayed payment for it has arrived: credited if it is paid. */
export async function onCheckoutSessionCompleted(
  transaction: DatabaseTransaction,
  session: Stripe.Checkout.Session,
  nowMs: number,
): Promise<EventOutcome> {
  return asEventOutcome(await fulfilPurchase(transaction, toPaidSession(session), nowMs))
}

export function asEventOutcome({ kind, text }: FulfilOutcome): EventOutcome {
  return {
    state: kind === 'unknown' ? 'parked' : 'handled',
    isAlarming: kind === 'unknown' || kind === 'mismatch',
    text,
  }
}
