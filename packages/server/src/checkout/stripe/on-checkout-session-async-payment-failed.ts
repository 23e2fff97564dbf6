import type { DatabaseTransaction } from '../../store/open-database.ts'
import { fulfilPurchase } from '../fulfil-purchase.ts'
import type { PaidSession } from '../payments.ts'
import type { EventOutcome } from './handle-event.ts'
import { asEventOutcome } from './on-checkout-session-completed.ts'

/** A delayed payment did not arrive: the session says `complete` and `unpaid` as before, only the event tells. */
export async function onCheckoutSessionAsyncPaymentFailed(
  transaction: DatabaseTransaction,
  session: PaidSession,
  nowMs: number,
): Promise<EventOutcome> {
  return asEventOutcome(await fulfilPurchase(transaction, { ...session, hasFailed: true }, nowMs))
}
