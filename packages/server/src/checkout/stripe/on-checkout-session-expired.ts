import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { findPurchaseOfSession } from '../find-purchase.ts'
import type { EventOutcome } from './handle-event.ts'
import { toPaidSession } from './to-paid-session.ts'

/** Nobody paid in time. A purchase that has been credited stays so, whatever order the messages came in. */
export async function onCheckoutSessionExpired(
  transaction: DatabaseTransaction,
  session: Stripe.Checkout.Session,
): Promise<EventOutcome> {
  const purchase = await findPurchaseOfSession(transaction, toPaidSession(session))
  if (purchase === null)
    return { state: 'handled', isAlarming: false, text: `an unknown session ${session.id} expired unpaid` }
  await transaction
    .updateTable('purchases')
    .set({ status: 'expired' })
    .where('id', '=', purchase.id)
    .where('status', 'in', ['creating', 'open'])
    .execute()
  return { state: 'handled', isAlarming: false, text: `purchase ${purchase.id} expired` }
}
