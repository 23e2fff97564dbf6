import type { CheckoutCurrency } from '@opencredits/protocol'

export type ParsedAmount =
  | { readonly amount: number; readonly problem: null }
  | { readonly amount: null; readonly problem: 'invalid' | 'decimals' | 'range' }

/** Signs that can stand between digits. Spaces and apostrophes only ever group. */
const groupOnly = /[\s\u00a0\u202f'’٬]/gu
const directionMarks = /[\u200e\u200f\u061c\u2066-\u2069]/g

/**
 * Reads what a person typed, or what we print ourselves: `20`, `9.99`, `1,000`, `1.000,50`, `₹1,00,000`, `١٢٣٫٥`,
 * `１，０００円`, with or without the currency. Major units. One sign before exactly three digits means what it means in the user's language.
 */
export function parseAmount(text: string, currency: CheckoutCurrency, locale: string | undefined): ParsedAmount {
  const plain = toAsciiDigits(withoutCurrency(narrow(text), currency, locale))
    .replace(new RegExp(`${currency.code}|\\p{Sc}`, 'giu'), '')
    .trim()
  const parts = splitDecimals(plain, locale)
  if (parts === null) return { amount: null, problem: 'invalid' }
  if (parts.decimals.length > currency.minorUnitDigits) return { amount: null, problem: 'decimals' }
  const amount = Number(`${parts.whole}.${parts.decimals}`)
  if (amount < currency.amountMin || amount > currency.amountMax) return { amount: null, problem: 'range' }
  return { amount, problem: null }
}

/** Digits and signs of full width, as an East Asian keyboard writes them, become plain ones. */
function narrow(text: string): string {
  return text.replace(directionMarks, '').normalize('NFKC')
}

/** `US$`, `$`, `円`, `euros`: the signs and the name of the currency in the user's language. */
function withoutCurrency(text: string, { code }: CheckoutCurrency, locale: string | undefined): string {
  return (['symbol', 'narrowSymbol', 'name'] as const).reduce((left, currencyDisplay) => {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency: code, currencyDisplay })
    const written = format.formatToParts(5).find(({ type }) => type === 'currency')?.value ?? ''
    return left.replace(narrow(written), '')
  }, text)
}

/** Every script's digits are ten neighbours, so a digit is worth as many as stand before it. */
export function toAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    let value = 0
    while (/^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value += 1
    return String(value % 10)
  })
}

function splitDecimals(
  text: string,
  locale: string | undefined,
): { readonly whole: string; readonly decimals: string } | null {
  const decimalAt = findDecimalSign(text, locale)
  const whole = decimalAt === null ? text : text.slice(0, decimalAt)
  const decimals = decimalAt === null ? '' : text.slice(decimalAt + 1)
  const groups = whole.split(/[.,]|[\s\u00a0\u202f'’٬]/u)
  const isGrouped = groups.length === 1 || isGrouping(groups)
  if (!isGrouped || !/^\d*$/.test(decimals)) return null
  const digits = groups.join('')
  return /^\d{1,9}$/.test(digits) ? { whole: digits, decimals } : null
}

/** `1,000,000`, and India's `10,00,000`: three digits at the end, two or three before. */
function isGrouping(groups: readonly string[]): boolean {
  return (
    /^\d{1,3}$/.test(groups[0] ?? '') &&
    groups.slice(1, -1).every((group) => /^\d{2,3}$/.test(group)) &&
    /^\d{3}$/.test(groups.at(-1) ?? '')
  )
}

function findDecimalSign(text: string, locale: string | undefined): number | null {
  if (text.includes('٫')) return text.indexOf('٫')
  const signs = [...text.replace(groupOnly, ' ').matchAll(/[.,]/g)]
  const last = signs.at(-1)
  if (last === undefined) return null
  const isRepeated = signs.filter(([sign]) => sign === last[0]).length > 1
  if (isRepeated) return null
  const isOnlyOne = signs.length === 1
  const looksLikeGroup = isOnlyOne && /^[1-9]\d{0,2}$/.test(text.slice(0, last.index)) && text.length - last.index === 4
  return looksLikeGroup && last[0] !== decimalSignOf(locale) ? null : last.index
}

function decimalSignOf(locale: string | undefined): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5)
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
}
