import { makeCharge, makePayment, receiptUrl } from './make-payment.ts'
import type { ChargeObject, PaymentObject, SessionObject, StripeObject, StripeState } from './stripe-state.ts'
import { findTestCard, type TestCard } from './test-cards.ts'

/** Where payments happen: what is remembered, and who is told. */
export interface Bank {
  readonly state: StripeState
  /** Makes an event of what the object looks like now, and delivers it. */
  emit(type: string, object: StripeObject): void
  readonly delayed: DelayedPayments
}

/** When a delayed payment, such as a bank debit, comes through. */
export interface DelayedPayments {
  /** Milliseconds; null waits until it is told. */
  afterMs: number | null
  readonly timers: Map<string, NodeJS.Timeout>
}

export interface PayAttempt {
  readonly card: string
  readonly email?: string | undefined
  /** How the 3-D Secure challenge ended; undefined before there was one. */
  readonly isAuthenticated?: boolean | undefined
}

export interface PayResult {
  readonly outcome: 'complete' | 'declined' | 'needs_authentication'
  /** For the payer; empty when there is nothing to say. */
  readonly message: string
}

const authenticationFailed =
  'We are unable to authenticate your payment method. Please choose a different payment method and try again.'

/** Tries to pay a session. What is refused can be tried again; what is paid is paid once. */
export function paySession(bank: Bank, session: SessionObject, attempt: PayAttempt): PayResult {
  if (session.status !== 'open') {
    const why = session.status === 'complete' ? 'has already been paid' : 'has expired'
    return { outcome: 'declined', message: `This checkout session ${why}.` }
  }
  const card = findTestCard(attempt.card)
  const payment = paymentOf(bank, session)
  const email = attempt.email ?? session.customer_email
  if (card.outcome === 'declined') return decline(bank, payment, card, email)
  if (card.outcome === 'needs_authentication' && attempt.isAuthenticated === undefined) {
    payment.status = 'requires_action'
    payment.next_action = { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } }
    bank.emit('payment_intent.requires_action', payment)
    return { outcome: 'needs_authentication', message: '' }
  }
  if (card.outcome === 'needs_authentication' && attempt.isAuthenticated === false) {
    return decline(
      bank,
      payment,
      { ...card, message: authenticationFailed, errorCode: 'payment_intent_authentication_failure' },
      email,
    )
  }
  complete(bank, session, payment, { card, email })
  return { outcome: 'complete', message: '' }
}

/** A delayed payment comes through or bounces. @throws when the session is not waiting for one. */
export function settleDelayed(bank: Bank, session: SessionObject, isPaid: boolean): void {
  const payment = bank.state.payments.get(session.payment_intent ?? '')
  const charge = bank.state.charges.get(payment?.latest_charge ?? '')
  if (payment?.status !== 'processing' || charge === undefined)
    throw new Error(`session ${session.id} waits for no delayed payment`)
  clearTimeout(bank.delayed.timers.get(session.id))
  bank.delayed.timers.delete(session.id)
  if (isPaid) {
    succeed(bank, session, payment, charge)
    bank.emit('checkout.session.async_payment_succeeded', session)
    return
  }
  const message = 'The payment could not be collected.'
  charge.status = 'failed'
  payment.status = 'requires_payment_method'
  payment.last_payment_error = { type: 'card_error', code: 'payment_intent_payment_attempt_failed', message }
  bank.emit('charge.failed', charge)
  bank.emit('payment_intent.payment_failed', payment)
  bank.emit('checkout.session.async_payment_failed', session)
}

/** Does nothing to a session that is not open any more. */
export function expireSession(bank: Bank, session: SessionObject): void {
  if (session.status !== 'open') return
  session.status = 'expired'
  session.url = null
  bank.emit('checkout.session.expired', session)
}

/** Stripe makes the payment at the first try and keeps it for the next. */
function paymentOf(bank: Bank, session: SessionObject): PaymentObject {
  const known = bank.state.payments.get(session.payment_intent ?? '')
  if (known !== undefined) return known
  const plan = bank.state.paymentPlans.get(session.id)
  if (plan === undefined) throw new Error(`session ${session.id} has no plan of its payment`)
  const payment = makePayment(session, plan)
  bank.state.payments.set(payment.id, payment)
  session.payment_intent = payment.id
  bank.emit('payment_intent.created', payment)
  return payment
}

function decline(bank: Bank, payment: PaymentObject, card: TestCard, email: string | null): PayResult {
  const charge = makeCharge(payment, card, 'failed', email)
  bank.state.charges.set(charge.id, charge)
  payment.status = 'requires_payment_method'
  payment.next_action = null
  payment.latest_charge = charge.id
  payment.last_payment_error = {
    type: 'card_error',
    code: card.errorCode,
    ...(card.declineCode === null ? {} : { decline_code: card.declineCode }),
    message: card.message,
    charge: charge.id,
  }
  bank.emit('charge.failed', charge)
  bank.emit('payment_intent.payment_failed', payment)
  return { outcome: 'declined', message: card.message }
}

function complete(
  bank: Bank,
  session: SessionObject,
  payment: PaymentObject,
  payer: { readonly card: TestCard; readonly email: string | null },
): void {
  const isDelayed = payer.card.outcome === 'delayed_succeeds' || payer.card.outcome === 'delayed_fails'
  const charge = makeCharge(payment, payer.card, isDelayed ? 'pending' : 'succeeded', payer.email)
  bank.state.charges.set(charge.id, charge)
  payment.latest_charge = charge.id
  payment.next_action = null
  payment.last_payment_error = null
  session.status = 'complete'
  session.url = null
  session.customer_details = {
    address: null,
    business_name: null,
    email: payer.email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
  if (isDelayed) {
    payment.status = 'processing'
    bank.emit('charge.pending', charge)
    bank.emit('payment_intent.processing', payment)
    startDelay(bank, session, payer.card.outcome === 'delayed_succeeds')
  } else succeed(bank, session, payment, charge)
  bank.emit('checkout.session.completed', session)
}

function succeed(bank: Bank, session: SessionObject, payment: PaymentObject, charge: ChargeObject): void {
  Object.assign(charge, { status: 'succeeded', paid: true, captured: true, amount_captured: charge.amount })
  charge.receipt_url ??= receiptUrl()
  payment.status = 'succeeded'
  payment.amount_received = payment.amount
  session.payment_status = 'paid'
  bank.emit('charge.succeeded', charge)
  bank.emit('payment_intent.succeeded', payment)
}

function startDelay(bank: Bank, session: SessionObject, isPaid: boolean): void {
  const { afterMs, timers } = bank.delayed
  if (afterMs === null) return
  timers.set(session.id, setTimeout(() => settleDelayed(bank, session, isPaid), afterMs).unref())
}
