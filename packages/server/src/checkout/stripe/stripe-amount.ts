import { assert } from '../../kernel/assert.ts'
import { minorUnitDigitsOf } from '../../kernel/minor-unit-digits.ts'

/**
 * Stripe's own minor units. They are not those of ISO 4217 or of `Intl`: ISK and UGX are whole in life and have two
 * digits in the API, HUF has two. https://docs.stripe.com/currencies#zero-decimal and #special-cases
 */
const zeroDecimalCurrencies = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimalCurrencies = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd'])
/** Two digits in the API that are always `00`. */
const wholeCurrencies = new Set(['isk', 'ugx'])

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in Stripe's minor units. */
const minimumCharges: Readonly<Record<string, number>> = {
  aed: 200,
  czk: 1500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  mxn: 1000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1000,
}
const usualMinimumCharge = 50

/** Eight digits go with every payment method; only these have more. */
const maximumCharges: Readonly<Record<string, number>> = { idr: 999_999_999_999, cop: 9_999_999_999, inr: 999_999_999 }
const usualMaximumCharge = 99_999_999

export interface CurrencyDigits {
  /** ISO code, lower case. */
  readonly code: string
  /** Digits after the point in our own rows. */
  readonly minorUnitDigits: number
}

/** @param code as Stripe writes it, in lower case */
export function digitsOf(code: string): CurrencyDigits {
  return { code, minorUnitDigits: minorUnitDigitsOf(code) }
}

/** What Stripe takes in one currency, in our minor units. Only multiples of `step` can be charged. */
export interface ChargeLimits {
  readonly min: number
  readonly max: number
  readonly step: number
}

/** Our minor units as Stripe counts them. The amount is a multiple of the step in `chargeLimits`. */
export function toStripeAmount(amountMinor: number, currency: CurrencyDigits): number {
  const amount = rescale(amountMinor, currency.minorUnitDigits, stripeDigits(currency.code))
  assert(Number.isSafeInteger(amount), `${amountMinor} ${currency.code} has no amount at Stripe`)
  return amount
}

/** What Stripe says was paid, in our minor units; null where that is no whole number of them. */
export function fromStripeAmount(amount: number, currency: CurrencyDigits): number | null {
  const amountMinor = rescale(amount, stripeDigits(currency.code), currency.minorUnitDigits)
  return Number.isSafeInteger(amountMinor) ? amountMinor : null
}

/** What Stripe says went back, in our minor units; a part of our smallest unit (half a forint) counts as a whole one. */
export function fromStripeAmountRoundingUp(amount: number, currency: CurrencyDigits): number {
  return Math.ceil(rescale(amount, stripeDigits(currency.code), currency.minorUnitDigits))
}

export function chargeLimits(currency: CurrencyDigits): ChargeLimits {
  const { code, minorUnitDigits } = currency
  const digits = stripeDigits(code)
  const stripeStep = threeDecimalCurrencies.has(code) ? 10 : wholeCurrencies.has(code) ? 100 : 1
  const step = Math.max(1, rescale(stripeStep, digits, minorUnitDigits))
  const min = rescale(minimumCharges[code] ?? usualMinimumCharge, digits, minorUnitDigits)
  const max = rescale(maximumCharges[code] ?? usualMaximumCharge, digits, minorUnitDigits)
  return { min: Math.ceil(min / step) * step, max: Math.floor(max / step) * step, step }
}

function stripeDigits(code: string): number {
  if (zeroDecimalCurrencies.has(code)) return 0
  return threeDecimalCurrencies.has(code) ? 3 : 2
}

/** Dividing by a power of ten is exact where the result is whole, and fractional where it is not. */
function rescale(amount: number, fromDigits: number, toDigits: number): number {
  return toDigits >= fromDigits ? amount * 10 ** (toDigits - fromDigits) : amount / 10 ** (fromDigits - toDigits)
}
