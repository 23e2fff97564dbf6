import type Stripe from 'stripe'
import { readEmail } from '../../users/email-address.ts'
import type { PaidSession } from '../payments.ts'
import { digitsOf, fromStripeAmount } from './stripe-amount.ts'

/** Reduces Stripe's session to what fulfilment goes by. @param isOfLiveWorld whose client or webhook secret it came by */
export function toPaidSession(session: Stripe.Checkout.Session, isOfLiveWorld: boolean): PaidSession {
  const { payment_intent: paymentIntent, amount_total: amount, currency } = session
  return {
    sessionId: session.id,
    purchaseId: session.metadata?.purchase_id ?? session.client_reference_id ?? null,
    status: session.status === 'complete' ? 'complete' : session.status === 'expired' ? 'expired' : 'open',
    isPaid: session.payment_status === 'paid',
    hasFailed: false,
    amountMinor: amount === null || currency === null ? null : fromStripeAmount(amount, digitsOf(currency)),
    currency,
    isLivemode: session.livemode,
    isOfLiveWorld,
    isPayment: session.mode === 'payment',
    paymentIntentId: typeof paymentIntent === 'string' ? paymentIntent : (paymentIntent?.id ?? null),
    // What the payer typed or confirmed; `customer_email` is only what we prefilled.
    email: readEmail(session.customer_details?.email),
  }
}
