import type { CurrencyConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import {
  divideRoundingDown,
  divideRoundingUp,
  type Microcredits,
  microcredits,
  microcreditsPerCredit,
  parseScaledDecimal,
} from '../kernel/microcredits.ts'
import { chargeLimits } from './stripe/stripe-amount.ts'

export interface PurchaseBounds {
  /** In credits. */
  readonly min: number
  readonly max: number
}

export interface PurchaseAmount {
  readonly amountMinor: number
  readonly creditsMicrocredits: Microcredits
}

/**
 * What an amount in major units (`10`, `'9.99'`) is in the currency's minor units and in credits.
 * @throws AppError `invalid_request` naming `amount`, for one that is no such amount or out of bounds.
 */
export function readPurchaseAmount(
  value: number | string,
  currency: CurrencyConfig,
  bounds: PurchaseBounds,
): PurchaseAmount {
  const amountMinor = parseScaledDecimal(String(value), currency.minorUnitDigits)
  const { min, max, step } = boundsMinor(currency, bounds)
  const format = (minor: bigint) => formatMoney(minor, currency)
  if (amountMinor === null) {
    throw refused(
      `expected an amount in ${currency.code.toUpperCase()} with at most ${currency.minorUnitDigits} decimals`,
    )
  }
  if (amountMinor < min || amountMinor > max) throw refused(`expected from ${format(min)} to ${format(max)}`)
  if (amountMinor % step !== 0n) throw refused(`expected a multiple of ${format(step)}`)
  return { amountMinor: Number(amountMinor), creditsMicrocredits: creditsFor(amountMinor, currency) }
}

/** The least and the most of one purchase, in major units as decimal numbers, for the amount picker. */
export function boundsMajor(
  currency: CurrencyConfig,
  bounds: PurchaseBounds,
): { readonly min: number; readonly max: number } {
  const { min, max } = boundsMinor(currency, bounds)
  return { min: Number(min) / 10 ** currency.minorUnitDigits, max: Number(max) / 10 ** currency.minorUnitDigits }
}

/** What so much money buys. A fraction of a microcredit, which only three-decimal currencies can have, is not sold. */
function creditsFor(amountMinor: bigint, currency: CurrencyConfig): Microcredits {
  return microcredits(
    divideRoundingDown(amountMinor * BigInt(currency.microcreditsPerMajorUnit), minorPerMajor(currency)),
  )
}

/** The operator's bounds in credits, as amounts that Stripe can charge: never below its minimum, in its steps. */
function boundsMinor(
  currency: CurrencyConfig,
  bounds: PurchaseBounds,
): { readonly min: bigint; readonly max: bigint; readonly step: bigint } {
  const minorFor = (credits: number) => BigInt(credits) * BigInt(microcreditsPerCredit) * minorPerMajor(currency)
  const rate = BigInt(currency.microcreditsPerMajorUnit)
  const stripe = chargeLimits(currency)
  const step = BigInt(stripe.step)
  const min = divideRoundingUp(divideRoundingUp(minorFor(bounds.min), rate), step) * step
  const max = divideRoundingDown(divideRoundingDown(minorFor(bounds.max), rate), step) * step
  return {
    min: min > stripe.min ? min : BigInt(stripe.min),
    max: max < stripe.max ? max : BigInt(stripe.max),
    step,
  }
}

function minorPerMajor(currency: CurrencyConfig): bigint {
  return 10n ** BigInt(currency.minorUnitDigits)
}

function formatMoney(minor: bigint, currency: CurrencyConfig): string {
  const major = Number(minor) / 10 ** currency.minorUnitDigits
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: currency.code }).format(major)
}

function refused(reason: string): AppError {
  return new AppError('invalid_request', `amount: ${reason}`, { param: 'amount' })
}
