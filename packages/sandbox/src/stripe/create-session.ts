import { invalid } from './stripe-error.ts'
import { nowSeconds, type SessionObject, stripeId } from './stripe-state.ts'

type Parameters = Record<string, unknown>

const known = new Set(
  'mode ui_mode line_items client_reference_id metadata payment_intent_data expires_at adaptive_pricing submit_type customer_email locale redirect_on_completion return_url success_url cancel_url expand automatic_tax branding_settings customer customer_creation allow_promotion_codes billing_address_collection'.split(
    ' ',
  ),
)

/** The least that Stripe takes, in minor units. */
const amountMinima: Readonly<Record<string, number>> = { usd: 50, eur: 50, gbp: 30, jpy: 50, inr: 50, kwd: 150 }

/** A checkout session by Stripe's rules of today. @throws StripeApiError in Stripe's words. */
export function createSession(parameters: Parameters, baseUrl: string): SessionObject {
  for (const name of Object.keys(parameters)) {
    if (name === 'payment_method_types')
      throw invalid('payment_method_types is no longer supported.', name, 'payment_method_types_no_longer_supported')
    if (!known.has(name)) throw invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown')
  }
  if (parameters.mode !== 'payment') throw invalid('mode must be payment here.', 'mode')
  const uiMode = checkUiMode(parameters)
  const expiresAt = checkExpiry(parameters)
  const { amount, currency } = readLineItems(parameters.line_items)
  const id = stripeId('cs_test')
  const isEmbedded = uiMode === 'embedded_page'
  return {
    id,
    object: 'checkout.session',
    mode: 'payment',
    ui_mode: uiMode,
    status: 'open',
    payment_status: 'unpaid',
    amount_subtotal: amount,
    amount_total: amount,
    currency,
    client_reference_id: textOrNull(parameters.client_reference_id),
    metadata: asTexts(parameters.metadata),
    payment_metadata: asTexts(asObject(parameters.payment_intent_data).metadata),
    customer_email: textOrNull(parameters.customer_email),
    customer_details: null,
    payment_intent: null,
    client_secret: isEmbedded ? `${id}_secret_${stripeId('x').slice(2)}` : null,
    url: isEmbedded ? null : `${baseUrl}/c/pay/${id}`,
    success_url: textOrNull(parameters.success_url),
    cancel_url: textOrNull(parameters.cancel_url),
    return_url: textOrNull(parameters.return_url),
    expires_at: expiresAt,
    created: nowSeconds(),
    livemode: false,
    locale: textOrNull(parameters.locale),
  }
}

function checkUiMode(parameters: Parameters): string {
  const uiMode = parameters.ui_mode ?? 'hosted_page'
  if (uiMode !== 'hosted_page' && uiMode !== 'embedded_page')
    throw invalid(`Invalid ui_mode: ${String(uiMode)}`, 'ui_mode')
  if (uiMode === 'embedded_page') {
    if (parameters.success_url !== undefined || parameters.cancel_url !== undefined) {
      throw invalid('success_url and cancel_url cannot be used with ui_mode embedded_page.', 'success_url')
    }
    const isNever = parameters.redirect_on_completion === 'never'
    if (isNever && parameters.return_url !== undefined)
      throw invalid('return_url cannot be used with redirect_on_completion never.', 'return_url')
    if (!isNever && parameters.return_url === undefined)
      throw invalid('return_url is required.', 'return_url', 'parameter_missing')
    return uiMode
  }
  if (parameters.success_url === undefined)
    throw invalid('success_url is required.', 'success_url', 'parameter_missing')
  return uiMode
}

function checkExpiry(parameters: Parameters): number {
  const now = nowSeconds()
  const expiresAt = parameters.expires_at === undefined ? now + 86_400 : Number(parameters.expires_at)
  if (!(expiresAt >= now + 1_790 && expiresAt <= now + 86_410))
    throw invalid('expires_at must be between 30 minutes and 24 hours from now.', 'expires_at')
  return expiresAt
}

function readLineItems(value: unknown): { readonly amount: number; readonly currency: string } {
  const items = Array.isArray(value) ? value : []
  const [item] = items
  const price = asObject(asObject(item).price_data)
  const amount = Number(price.unit_amount) * Number(asObject(item).quantity ?? 1)
  const currency = String(price.currency ?? '').toLowerCase()
  if (items.length !== 1 || !Number.isSafeInteger(amount) || amount <= 0)
    throw invalid('Invalid integer.', 'line_items[0][price_data][unit_amount]')
  if (!/^[a-z]{3}$/.test(currency))
    throw invalid(`Invalid currency: ${currency}.`, 'line_items[0][price_data][currency]')
  const least = amountMinima[currency] ?? 50
  if (amount < least)
    throw invalid(
      `The amount must be at least ${least} in ${currency}.`,
      'line_items[0][price_data][unit_amount]',
      'amount_too_small',
    )
  return { amount, currency }
}

export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function asTexts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([name, text]) => [name, String(text)]))
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
