import {
  type ChargeObject,
  nowSeconds,
  type PaymentObject,
  type PaymentPlan,
  type SessionObject,
  stripeId,
} from './stripe-state.ts'
import type { TestCard } from './test-cards.ts'

/** The payment intent of a session, before anybody has paid. */
export function makePayment(session: SessionObject, plan: PaymentPlan): PaymentObject {
  const id = stripeId('pi')
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: session.amount_total,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${stripeId('x').slice(2)}`,
    confirmation_method: 'automatic',
    created: nowSeconds(),
    currency: session.currency,
    customer: null,
    customer_account: null,
    description: plan.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: plan.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: plan.receiptEmail,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: plan.transferGroup,
  }
}

/** Stripe's receipts are pages of its own, behind a token that is no id. */
export function receiptUrl(): string {
  return `https://pay.stripe.com/receipts/payment/${stripeId('CAcaFwoVYWNjdF8').slice(0, 60)}?s=ap`
}

/** One try to take the money: paid, under way, or failed for the reason of the card. */
export function makeCharge(
  payment: PaymentObject,
  card: TestCard,
  status: ChargeObject['status'],
  email: string | null,
): ChargeObject {
  const isPaid = status === 'succeeded'
  return {
    id: stripeId('ch'),
    object: 'charge',
    amount: payment.amount,
    amount_captured: isPaid ? payment.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: isPaid ? stripeId('txn') : null,
    billing_details: { address: null, email, name: null, phone: null, tax_id: null },
    calculated_statement_descriptor: 'SANDBOX',
    captured: isPaid,
    created: nowSeconds(),
    currency: payment.currency,
    customer: null,
    description: payment.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: status === 'failed' ? card.errorCode : null,
    failure_message: status === 'failed' ? card.message : null,
    fraud_details: {},
    livemode: false,
    metadata: payment.metadata,
    on_behalf_of: null,
    outcome: {
      network_status: status === 'failed' ? 'declined_by_network' : 'approved_by_network',
      reason: card.declineCode,
      risk_level: 'normal',
      seller_message: status === 'failed' ? card.message : 'Payment complete.',
      type: status === 'failed' ? 'issuer_declined' : 'authorized',
    },
    paid: isPaid,
    payment_intent: payment.id,
    payment_method: stripeId('pm'),
    payment_method_details: { card: { brand: card.brand, last4: card.number.slice(-4), country: 'US' }, type: 'card' },
    receipt_email: payment.receipt_email ?? null,
    receipt_number: null,
    receipt_url: isPaid ? receiptUrl() : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: payment.transfer_group ?? null,
  }
}
