import { type Fields, fieldsOf, listOf, textOf } from '../json.ts'
import { checkParameters, mergeMetadata, type Shape } from './check-parameters.ts'
import { findAmountProblem, isKnownCurrency } from './stripe-currency.ts'
import { invalid, missingParameter } from './stripe-error.ts'
import { stripeLocales } from './stripe-locales.ts'
import { nowSeconds, type PaymentPlan, type SessionObject, stripeId } from './stripe-state.ts'

const shapes: Readonly<Record<string, Shape>> = {
  mode: ['payment', 'setup', 'subscription'],
  ui_mode: ['elements', 'embedded_page', 'form', 'hosted_page'],
  line_items: {
    list: {
      fields: {
        quantity: 'integer',
        price_data: {
          fields: {
            currency: 'text',
            unit_amount: 'integer',
            product_data: {
              fields: { name: 'text', description: 'text', images: 'unused', metadata: 'metadata', tax_code: 'text' },
            },
            tax_behavior: ['exclusive', 'inclusive', 'unspecified'],
          },
        },
      },
    },
  },
  client_reference_id: 'text',
  customer_email: 'email',
  customer_creation: ['always', 'if_required'],
  metadata: 'metadata',
  payment_intent_data: {
    fields: {
      metadata: 'metadata',
      description: 'text',
      receipt_email: 'email',
      statement_descriptor_suffix: 'text',
      transfer_group: 'text',
      setup_future_usage: ['off_session', 'on_session'],
      capture_method: ['automatic', 'automatic_async', 'manual'],
    },
  },
  expires_at: 'integer',
  redirect_on_completion: ['always', 'if_required', 'never'],
  return_url: 'url',
  success_url: 'url',
  cancel_url: 'url',
  adaptive_pricing: { fields: { enabled: 'boolean' } },
  submit_type: ['auto', 'book', 'donate', 'pay', 'subscribe'],
  locale: stripeLocales,
  expand: { list: 'text' },
  automatic_tax: { fields: { enabled: 'boolean' } },
  allow_promotion_codes: 'boolean',
  billing_address_collection: ['auto', 'required'],
  allowed_payment_method_types: { list: 'text' },
  excluded_payment_method_types: { list: 'text' },
  payment_method_configuration: 'text',
  payment_method_options: 'unused',
  branding_settings: {
    fields: {
      background_color: 'color',
      border_style: ['pill', 'rectangular', 'rounded'],
      button_color: 'color',
      display_name: 'text',
      font_family: 'text',
      icon: { fields: { type: ['file', 'url'], file: 'text', url: 'url' } },
      logo: { fields: { type: ['file', 'url'], file: 'text', url: 'url' } },
    },
  },
  custom_text: 'unused',
  integration_identifier: 'text',
  origin_context: ['mobile_app', 'web'],
  wallet_options: 'unused',
}

const expiryMinSeconds = 30 * 60
const expiryMaxSeconds = 24 * 60 * 60
/** A request that was on its way for a moment is not refused. */
const expiryToleranceSeconds = 10

export interface NewSession {
  readonly session: SessionObject
  readonly plan: PaymentPlan
}

/** A checkout session by Stripe's rules of today. @throws StripeApiError in Stripe's words. */
export function createSession(parameters: Fields, baseUrl: string): NewSession {
  if (parameters.payment_method_types !== undefined) {
    throw invalid(
      'payment_method_types is no longer supported. Use allowed_payment_method_types or the Dashboard.',
      'payment_method_types',
      'payment_method_types_no_longer_supported',
    )
  }
  checkParameters(parameters, shapes)
  if (parameters.mode === undefined) throw missingParameter('mode')
  if (parameters.mode !== 'payment') throw invalid('This sandbox has sessions of mode payment only.', 'mode')
  const uiMode = checkUiMode(parameters)
  const expiresAt = readExpiry(parameters.expires_at)
  const item = readLineItem(parameters.line_items)
  const payment = fieldsOf(parameters.payment_intent_data)
  return {
    session: toSession(parameters, {
      uiMode,
      expiresAt,
      amount: item.unitAmount * item.quantity,
      currency: item.currency,
      baseUrl,
    }),
    plan: {
      metadata: mergeMetadata({}, payment.metadata),
      description: textOf(payment.description),
      transferGroup: textOf(payment.transfer_group),
      receiptEmail: textOf(payment.receipt_email),
      lineItemName: item.name,
      quantity: item.quantity,
      unitAmount: item.unitAmount,
    },
  }
}

function toSession(
  parameters: Fields,
  read: {
    readonly uiMode: string
    readonly expiresAt: number
    readonly amount: number
    readonly currency: string
    readonly baseUrl: string
  },
): SessionObject {
  const id = stripeId('cs_test')
  const isHosted = read.uiMode === 'hosted_page'
  return {
    id,
    object: 'checkout.session',
    ...unchangedFields,
    adaptive_pricing: { enabled: fieldsOf(parameters.adaptive_pricing).enabled === 'true' },
    allowed_payment_method_types: parameters.allowed_payment_method_types ?? null,
    amount_subtotal: read.amount,
    amount_total: read.amount,
    branding_settings: { ...usualBranding, ...fieldsOf(parameters.branding_settings) },
    cancel_url: textOf(parameters.cancel_url),
    client_reference_id: textOf(parameters.client_reference_id),
    client_secret: isHosted ? null : `${id}_secret_${stripeId('x').slice(2)}`,
    created: nowSeconds(),
    currency: read.currency,
    customer_creation: textOf(parameters.customer_creation) ?? 'if_required',
    customer_details: null,
    customer_email: textOf(parameters.customer_email),
    expires_at: read.expiresAt,
    integration_identifier: textOf(parameters.integration_identifier),
    livemode: false,
    locale: textOf(parameters.locale),
    metadata: mergeMetadata({}, parameters.metadata),
    mode: 'payment',
    origin_context: textOf(parameters.origin_context),
    payment_intent: null,
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    ...(isHosted ? {} : { redirect_on_completion: textOf(parameters.redirect_on_completion) ?? 'always' }),
    ...(typeof parameters.return_url === 'string' ? { return_url: parameters.return_url } : {}),
    status: 'open',
    submit_type: textOf(parameters.submit_type),
    success_url: textOf(parameters.success_url),
    ui_mode: read.uiMode,
    url: isHosted ? `${read.baseUrl}/c/pay/${id}` : null,
  }
}

/** As Stripe fills in what a session leaves to the account. */
const usualBranding = {
  background_color: '#ffffff',
  border_style: 'rounded',
  button_color: '#4338ca',
  display_name: 'Sandbox',
  font_family: 'default',
  icon: null,
  logo: null,
}

/** Fields that Stripe always sends and that nothing here changes. */
const unchangedFields = {
  after_expiration: null,
  allow_promotion_codes: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer: null,
  customer_account: null,
  discounts: [],
  invoice: null,
  invoice_creation: null,
  managed_payments: null,
  payment_link: null,
  payment_method_collection: 'if_required',
  payment_method_configuration_details: null,
  payment_method_options: {},
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  wallet_options: null,
}

/** `return_url`, `success_url` and `cancel_url` each belong to some modes only. */
function checkUiMode(parameters: Fields): string {
  const uiMode = textOf(parameters.ui_mode) ?? 'hosted_page'
  const isRedirectNever = parameters.redirect_on_completion === 'never'
  if (uiMode === 'hosted_page') {
    if (parameters.success_url === undefined) throw missingParameter('success_url')
    for (const name of ['return_url', 'redirect_on_completion'])
      if (parameters[name] !== undefined) throw invalid(`${name} cannot be used with ui_mode: hosted_page.`, name)
    return uiMode
  }
  for (const name of ['success_url', 'cancel_url'])
    if (parameters[name] !== undefined) throw invalid(`${name} cannot be used with ui_mode: ${uiMode}.`, name)
  if (uiMode !== 'embedded_page') throw invalid('This sandbox has no pages for ui_mode elements or form.', 'ui_mode')
  if (isRedirectNever && parameters.return_url !== undefined)
    throw invalid('return_url cannot be used with redirect_on_completion: never.', 'return_url')
  if (!isRedirectNever && parameters.return_url === undefined) throw missingParameter('return_url')
  return uiMode
}

function readExpiry(value: unknown): number {
  const now = nowSeconds()
  if (value === undefined) return now + expiryMaxSeconds
  const expiresAt = Number(value)
  if (expiresAt < now + expiryMinSeconds - expiryToleranceSeconds)
    throw invalid(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    )
  if (expiresAt > now + expiryMaxSeconds + expiryToleranceSeconds)
    throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', 'expires_at')
  return expiresAt
}

function readLineItem(value: unknown) {
  const items = listOf(value)
  if (items.length === 0) throw missingParameter('line_items')
  if (items.length > 1) throw invalid('This sandbox takes one line item.', 'line_items')
  const item = fieldsOf(items[0])
  const price = fieldsOf(item.price_data)
  const path = 'line_items[0][price_data]'
  for (const name of ['currency', 'unit_amount', 'product_data'])
    if (price[name] === undefined) throw missingParameter(`${path}[${name}]`)
  const name = textOf(fieldsOf(price.product_data).name)
  if (name === null) throw missingParameter(`${path}[product_data][name]`)
  const quantity = item.quantity === undefined ? 1 : Number(item.quantity)
  if (quantity < 1) throw invalid('This value must be greater than or equal to 1.', 'line_items[0][quantity]')
  const unitAmount = Number(price.unit_amount)
  if (unitAmount < 0) throw invalid('Invalid non-negative integer', `${path}[unit_amount]`, 'parameter_invalid_integer')
  const currency = String(price.currency).toLowerCase()
  if (!isKnownCurrency(currency))
    throw invalid(`Invalid currency: ${currency}. Stripe currently supports other currencies.`, `${path}[currency]`)
  const problem = findAmountProblem(unitAmount * quantity, currency)
  if (problem !== null) throw invalid(problem.message, `${path}[unit_amount]`, problem.code)
  return { name, quantity, unitAmount, currency }
}
