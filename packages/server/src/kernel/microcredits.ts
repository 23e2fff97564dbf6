import { assert } from './assert.ts'

declare const microcreditsBrand: unique symbol

/**
 * The integer unit of all money inside: 1 credit = 1 000 000 microcredits, 100 credits = USD 1, so one microcredit is
 * USD 1e-8. A safe integer holds USD 90 million; sums over many accounts use bigint.
 */
export type Microcredits = number & { readonly [microcreditsBrand]: true }

export const microcreditsPerCredit = 1_000_000

export const zeroMicrocredits = 0 as Microcredits

/** Brands a number that is already a count of microcredits. A fraction, NaN or an unsafe integer is a programmer's error. */
export function microcredits(value: number | bigint): Microcredits {
  const amount = Number(value)
  assert(Number.isSafeInteger(amount), `not a safe integer of microcredits: ${value}`)
  return (amount === 0 ? 0 : amount) as Microcredits
}

export function addMicrocredits(...amounts: readonly Microcredits[]): Microcredits {
  return microcredits(amounts.reduce<number>((sum, amount) => sum + amount, 0))
}

export function subtractMicrocredits(from: Microcredits, amount: Microcredits): Microcredits {
  return microcredits(from - amount)
}

export function minMicrocredits(...amounts: readonly [Microcredits, ...Microcredits[]]): Microcredits {
  return microcredits(Math.min(...amounts))
}

/** Credits as the API shows them: a decimal with at most six digits, exact for every balance below 9 billion credits. */
export function creditsFromMicrocredits(amount: Microcredits | bigint): number {
  return Number(amount) / microcreditsPerCredit
}

/**
 * Reads a decimal number of credits (`'49.5'`, `100`) exactly.
 * @returns null when it is no finite decimal, has more than six digits after the point, or is out of range.
 */
export function parseCredits(value: string | number): Microcredits | null {
  const digits = parseScaledDecimal(String(value), 6)
  return digits === null || !Number.isSafeInteger(Number(digits)) ? null : microcredits(digits)
}

/**
 * Reads a plain decimal as an integer scaled by `10^scaleDigits`, without a float in between.
 * @returns null for anything else: exponents, signs other than a leading `-`, more digits than the scale holds.
 */
export function parseScaledDecimal(text: string, scaleDigits: number): bigint | null {
  const match = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text.trim())
  if (match === null) return null
  const [, sign, whole = '', fraction = ''] = match
  const significant = fraction.replace(/0+$/, '')
  if (significant.length > scaleDigits) return null
  const scaled = BigInt(whole + significant.padEnd(scaleDigits, '0'))
  return sign === '-' ? -scaled : scaled
}

/** Integer division that gives the remainder to whoever receives the amount. Both arguments are non-negative. */
export function divideRoundingUp(numerator: bigint, denominator: bigint): bigint {
  assert(numerator >= 0n && denominator > 0n, 'divideRoundingUp takes non-negative amounts')
  return (numerator + denominator - 1n) / denominator
}

/** Integer division that leaves the remainder with whoever pays. Both arguments are non-negative. */
export function divideRoundingDown(numerator: bigint, denominator: bigint): bigint {
  assert(numerator >= 0n && denominator > 0n, 'divideRoundingDown takes non-negative amounts')
  return numerator / denominator
}
