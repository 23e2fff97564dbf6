import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { onCheckoutSessionAsyncPaymentFailed } from './on-checkout-session-async-payment-failed.ts'
import { onCheckoutSessionCompleted } from './on-checkout-session-completed.ts'
import { onCheckoutSessionExpired } from './on-checkout-session-expired.ts'
import { onDispute } from './on-dispute.ts'
import { onRefund } from './on-refund.ts'
import { toPaidSession } from './to-paid-session.ts'

/** `parked`: it speaks of something that is not known here; it is kept, alarmed about, and tried again. */
export interface EventOutcome {
  readonly state: 'handled' | 'parked'
  readonly isAlarming: boolean
  /** One sentence for the inbox. */
  readonly text: string
}

/** An event, and whose it is: of the world whose webhook secret signed it, or whose client found it. */
export interface WorldEvent {
  readonly event: Stripe.Event
  readonly isOfLiveWorld: boolean
}

/** Does what an event asks for, in the transaction that marks it as seen. One file per kind of event. */
export async function handleEvent(
  transaction: DatabaseTransaction,
  { event, isOfLiveWorld }: WorldEvent,
  nowMs: number,
): Promise<EventOutcome> {
  if (event.livemode && !isOfLiveWorld)
    return { state: 'parked', isAlarming: true, text: 'an event of real money came to the test world' }
  const at = { isOfLiveWorld, createdAtMs: event.created * 1000, nowMs }
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return onCheckoutSessionCompleted(transaction, toPaidSession(event.data.object, isOfLiveWorld), nowMs)
    case 'checkout.session.async_payment_failed':
      return onCheckoutSessionAsyncPaymentFailed(transaction, toPaidSession(event.data.object, isOfLiveWorld), nowMs)
    case 'checkout.session.expired':
      return onCheckoutSessionExpired(transaction, toPaidSession(event.data.object, isOfLiveWorld), nowMs)
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return onRefund(transaction, event.data.object, at)
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
    case 'charge.dispute.closed':
      return onDispute(transaction, event.data.object, at)
    default:
      return { state: 'handled', isAlarming: false, text: 'nothing to do' }
  }
}
