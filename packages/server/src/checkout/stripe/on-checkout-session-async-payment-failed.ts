import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { findPurchaseOfSession } from '../find-purchase.ts'
import type { EventOutcome } from './handle-event.ts'
import { toPaidSession } from './to-paid-session.ts'

/** A delayed payment did not arrive. Nothing was credited for it, so nothing is taken back. */
export async function onCheckoutSessionAsyncPaymentFailed(
  transaction: DatabaseTransaction,
  session: Stripe.Checkout.Session,
): Promise<EventOutcome> {
  const purchase = await findPurchaseOfSession(transaction, toPaidSession(session))
  if (purchase === null)
    return { state: 'parked', isAlarming: true, text: `no purchase is known for session ${session.id}` }
  await transaction
    .updateTable('purchases')
    .set({ status: 'failed', failure: 'The bank did not pay. Nothing was charged; try another way to pay.' })
    .where('id', '=', purchase.id)
    .where('status', 'in', ['creating', 'open', 'processing'])
    .execute()
  return { state: 'handled', isAlarming: false, text: `purchase ${purchase.id} failed` }
}
