import type Stripe from 'stripe'
import type { DatabaseTransaction } from '../../store/open-database.ts'
import { onCheckoutSessionAsyncPaymentFailed } from './on-checkout-session-async-payment-failed.ts'
import { onCheckoutSessionCompleted } from './on-checkout-session-completed.ts'
import { onCheckoutSessionExpired } from './on-checkout-session-expired.ts'
import { onDispute } from './on-dispute.ts'
import { onRefund } from './on-refund.ts'

/** `parked`: it speaks of something that is not known here; it is kept, alarmed about, and tried again. */
export interface EventOutcome {
  readonly state: 'handled' | 'parked'
  readonly isAlarming: boolean
  /** One sentence for the inbox. */
  readonly text: string
}

/** Does what an event asks for, in the transaction that marks it as seen. One file per kind of event. */
export async function handleEvent(
  transaction: DatabaseTransaction,
  event: Stripe.Event,
  nowMs: number,
): Promise<EventOutcome> {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return onCheckoutSessionCompleted(transaction, event.data.object, nowMs)
    case 'checkout.session.async_payment_failed':
      return onCheckoutSessionAsyncPaymentFailed(transaction, event.data.object, nowMs)
    case 'checkout.session.expired':
      return onCheckoutSessionExpired(transaction, event.data.object, nowMs)
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return onRefund(transaction, event.data.object, { createdAtMs: event.created * 1000, nowMs })
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
    case 'charge.dispute.closed':
      return onDispute(transaction, event.data.object, { createdAtMs: event.created * 1000, nowMs })
    default:
      return { state: 'handled', isAlarming: false, text: 'nothing to do' }
  }
}
