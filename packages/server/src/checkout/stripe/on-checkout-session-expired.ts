import type { DatabaseTransaction } from '../../store/open-database.ts'
import { fulfilPurchase } from '../fulfil-purchase.ts'
import type { PaidSession } from '../payments.ts'
import type { EventOutcome } from './handle-event.ts'
import { asEventOutcome } from './on-checkout-session-completed.ts'

/** Nobody paid in time. A purchase that has been credited stays so, whatever order the messages came in. */
export async function onCheckoutSessionExpired(
  transaction: DatabaseTransaction,
  session: PaidSession,
  nowMs: number,
): Promise<EventOutcome> {
  const outcome = await fulfilPurchase(transaction, session, nowMs)
  // No money moved, so somebody else's session is no alarm.
  if (outcome.kind === 'unknown') return { state: 'handled', isAlarming: false, text: outcome.text }
  return asEventOutcome(outcome)
}
