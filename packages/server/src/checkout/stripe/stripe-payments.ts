import Stripe from 'stripe'
import type { StripeConfig } from '../../config.ts'
import { type Clock, secondMs } from '../../kernel/clock.ts'
import {
  type CreatedSession,
  type PaidSession,
  PaymentRefused,
  type Payments,
  PaymentsUnavailable,
  type SessionRequest,
} from '../payments.ts'
import { brandingSettings } from './branding.ts'
import { itemName } from './item-name.ts'
import { digitsOf, toStripeAmount } from './stripe-amount.ts'
import { stripeLocale } from './stripe-locale.ts'
import { toPaidSession } from './to-paid-session.ts'

/** One for each world; null: test purchases are paid on the built-in page. */
export interface StripeClients {
  readonly live: Stripe
  readonly test: Stripe | null
}

/** Stripe's client, pointed at Stripe or at another host that speaks its API. Its version is the package's own. */
export function createStripeClient(config: Pick<StripeConfig, 'secretKey' | 'apiBase'>): Stripe {
  const base = config.apiBase === null ? null : new URL(config.apiBase)
  return new Stripe(config.secretKey, {
    telemetry: false,
    timeout: 10_000,
    maxNetworkRetries: 2,
    appInfo: { name: 'OpenCredits' },
    ...(base === null
      ? {}
      : {
          host: base.hostname,
          protocol: base.protocol === 'http:' ? ('http' as const) : ('https' as const),
          port: base.port === '' ? (base.protocol === 'http:' ? 80 : 443) : Number(base.port),
        }),
  })
}

/** A poll waits for it, and the next poll is the retry. */
const lookUpOptions = { timeout: 5_000, maxNetworkRetries: 0 }

interface StripePaymentOptions {
  readonly publicUrl: string
  readonly clock: Clock
  /** Which world's payments these are. */
  readonly isOfLiveWorld: boolean
}

/** The payments of one world's checkouts, made with Stripe. */
export function createStripePayments(stripe: Stripe, options: StripePaymentOptions): Payments {
  return {
    createSession: (purchase) => translated(() => createSession(stripe, options, purchase)),
    reopenSession: (sessionId) =>
      translated(async () => toCreatedSession(await stripe.checkout.sessions.retrieve(sessionId))),
    findSession: (sessionId) => translated(() => findSession(stripe, options, sessionId)),
    findReceipt: (paymentIntentId) => translated(() => findReceipt(stripe, paymentIntentId)),
    expireSession: (sessionId) =>
      translated(async () => void (await stripe.checkout.sessions.expire(sessionId, {}, lookUpOptions))),
  }
}

async function findSession(
  stripe: Stripe,
  { isOfLiveWorld }: StripePaymentOptions,
  sessionId: string,
): Promise<PaidSession> {
  const session = toPaidSession(await stripe.checkout.sessions.retrieve(sessionId, {}, lookUpOptions), isOfLiveWorld)
  if (session.status !== 'complete' || session.isPaid || session.paymentIntentId === null) return session
  // A session stays `complete` and `unpaid` when a delayed payment fails; only its payment tells.
  const payment = await stripe.paymentIntents.retrieve(session.paymentIntentId, {}, lookUpOptions)
  return { ...session, hasFailed: payment.status === 'requires_payment_method' || payment.status === 'canceled' }
}

/** The charge that paid has it, and sessions do not carry their charges. */
async function findReceipt(stripe: Stripe, paymentIntentId: string): Promise<string | null> {
  const expanded = { expand: ['latest_charge'] }
  const { latest_charge: charge } = await stripe.paymentIntents.retrieve(paymentIntentId, expanded, lookUpOptions)
  return charge === null || typeof charge === 'string' ? null : charge.receipt_url
}

async function createSession(
  stripe: Stripe,
  { publicUrl, clock }: StripePaymentOptions,
  purchase: SessionRequest,
): Promise<CreatedSession> {
  const metadata = { purchase_id: purchase.purchaseId, partner_id: purchase.partnerId }
  const parameters: Stripe.Checkout.SessionCreateParams = {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: purchase.currency,
          unit_amount: toStripeAmount(purchase.amountMinor, digitsOf(purchase.currency)),
          product_data: { name: itemName(purchase) },
        },
      },
    ],
    client_reference_id: purchase.purchaseId,
    metadata,
    // The session's metadata does not reach the payment by itself, and refunds know only the payment.
    payment_intent_data: {
      metadata,
      ...(purchase.statementSuffix === null ? {} : { statement_descriptor_suffix: purchase.statementSuffix }),
    },
    expires_at: Math.floor(purchase.expiresAtMs / 1000),
    // What is paid must be what was agreed, in the currency that was agreed.
    adaptive_pricing: { enabled: false },
    submit_type: 'pay',
    branding_settings: brandingSettings(purchase.appName, purchase.branding),
    ...(purchase.email === null ? {} : { customer_email: purchase.email }),
    ...(purchase.locale === null ? {} : { locale: stripeLocale(purchase.locale) }),
    ...modeParameters(publicUrl, purchase),
  }
  return toCreatedSession(await createOnce(stripe, purchase.purchaseId, parameters, clock.nowMs()))
}

const attemptsMax = 3
/** How long tries that come after all these share a key. */
const lastKeyMs = 5 * secondMs

/**
 * The idempotency key is ours, and the same at every try: Stripe makes one session of them. But Stripe also keeps a 500
 * under the key and repeats it for a day; then only another key gets further, and in the end one that changes with time,
 * or a purchase would stand still for that day. Whatever session a failed call may have made, nobody was told its
 * address, so it cannot be paid. https://docs.stripe.com/api/idempotent_requests
 */
async function createOnce(
  stripe: Stripe,
  purchaseId: string,
  parameters: Stripe.Checkout.SessionCreateParams,
  nowMs: number,
): Promise<Stripe.Checkout.Session> {
  for (let attempt = 1; ; attempt += 1) {
    const version = attempt < attemptsMax ? `v${attempt}` : `t${Math.floor(nowMs / lastKeyMs)}`
    try {
      return await stripe.checkout.sessions.create(parameters, { idempotencyKey: `purchase:${purchaseId}:${version}` })
    } catch (error) {
      const isKept = error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true'
      if (attempt === attemptsMax || !isKept || (error.statusCode ?? 0) < 500) throw error
    }
  }
}

function toCreatedSession(session: Stripe.Checkout.Session): CreatedSession {
  const { id, url, client_secret: clientSecret, livemode } = session
  return { sessionId: id, checkoutUrl: url, clientSecret, isLivemode: livemode }
}

/** An embedded page that never redirects must not have a return_url; methods that redirect are offered in a new tab. */
function modeParameters(
  publicUrl: string,
  { mode, purchaseId, locale }: SessionRequest,
): Partial<Stripe.Checkout.SessionCreateParams> {
  if (mode === 'embedded') return { ui_mode: 'embedded_page', redirect_on_completion: 'never' }
  // Stripe writes its own id into the first only, so both carry ours. And the language: the browser's may be another.
  const query = `purchase=${purchaseId}${locale === null ? '' : `&locale=${locale}`}`
  return {
    ui_mode: 'hosted_page',
    success_url: `${publicUrl}/checkout/return?${query}`,
    cancel_url: `${publicUrl}/checkout/cancelled?${query}`,
  }
}

async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    // Stripe's own words may quote what was sent; its kind and code are enough to find the fault.
    const reason = `${error.type} ${error.code ?? ''} ${error.statusCode ?? ''} ${error.requestId ?? ''}`.trim()
    if (isRefusal(error)) throw new PaymentRefused(refusedFor[error.param ?? ''] ?? 'request', reason, { cause: error })
    throw new PaymentsUnavailable(reason, { cause: error })
  }
}

const refusedFor: Readonly<Record<string, PaymentRefused['what']>> = { customer_email: 'email', expires_at: 'age' }

/** A 409 says that an equal call still runs; trying again helps. A wrong key of ours is no fault of the request either. */
function isRefusal(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  if (error.statusCode === 409) return false
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError || error instanceof Stripe.errors.StripeIdempotencyError
  )
}
