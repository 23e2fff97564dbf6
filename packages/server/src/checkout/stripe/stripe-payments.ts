import Stripe from 'stripe'
import type { StripeConfig } from '../../config.ts'
import { type CreatedSession, type Payments, PaymentsUnavailable, type SessionRequest } from '../payments.ts'
import { toPaidSession } from './to-paid-session.ts'

/** Stripe's client, pointed at Stripe or at another host that speaks its API. Its version is the package's own. */
export function createStripeClient(config: StripeConfig): Stripe {
  const base = config.apiBase === null ? null : new URL(config.apiBase)
  return new Stripe(config.secretKey, {
    telemetry: false,
    timeout: 20_000,
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

/** Checkout's payments, made with Stripe. */
export function createStripePayments(stripe: Stripe, options: { readonly publicUrl: string }): Payments {
  return {
    createSession: (purchase) => translated(() => createSession(stripe, options.publicUrl, purchase)),
    findSession: (sessionId) =>
      translated(async () => toPaidSession(await stripe.checkout.sessions.retrieve(sessionId))),
  }
}

async function createSession(stripe: Stripe, publicUrl: string, purchase: SessionRequest): Promise<CreatedSession> {
  const metadata = { purchase_id: purchase.purchaseId, partner_id: purchase.partnerId }
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: purchase.currency,
            unit_amount: purchase.amountMinor,
            product_data: { name: `${purchase.credits.toLocaleString('en-US')} AI credits for ${purchase.appName}` },
          },
        },
      ],
      client_reference_id: purchase.purchaseId,
      metadata,
      // The session's metadata does not reach the payment by itself, and refunds know only the payment.
      payment_intent_data: { metadata },
      expires_at: Math.floor(purchase.expiresAtMs / 1000),
      // What is paid must be what was agreed, in the currency that was agreed.
      adaptive_pricing: { enabled: false },
      submit_type: 'pay',
      ...(purchase.email === null ? {} : { customer_email: purchase.email }),
      ...(purchase.locale === null ? {} : { locale: stripeLocale(purchase.locale) }),
      ...modeParameters(publicUrl, purchase.mode),
    },
    // Ours, and the same at every try: Stripe makes one session of them.
    { idempotencyKey: `purchase:${purchase.purchaseId}:v1` },
  )
  return { sessionId: session.id, checkoutUrl: session.url, clientSecret: session.client_secret }
}

/** An embedded page that never redirects must not have a return_url; methods that redirect are offered in a new tab. */
function modeParameters(publicUrl: string, mode: SessionRequest['mode']): Partial<Stripe.Checkout.SessionCreateParams> {
  if (mode === 'embedded') return { ui_mode: 'embedded_page', redirect_on_completion: 'never' }
  return {
    ui_mode: 'hosted_page',
    success_url: `${publicUrl}/checkout/return?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${publicUrl}/checkout/cancelled`,
  }
}

const stripeLocales = new Set(
  'bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(
    ' ',
  ),
)

function stripeLocale(tag: string): Stripe.Checkout.SessionCreateParams.Locale {
  const language = tag.split('-')[0] ?? ''
  const known = [tag, language].find((one) => stripeLocales.has(one)) ?? 'auto'
  return known as Stripe.Checkout.SessionCreateParams.Locale
}

async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    // Stripe's own words may quote what was sent; its kind and code are enough to find the fault.
    throw new PaymentsUnavailable(
      `${error.type} ${error.code ?? ''} ${error.statusCode ?? ''} ${error.requestId ?? ''}`.trim(),
      { cause: error },
    )
  }
}
