import type { CheckoutCurrency } from '@opencredits/protocol'
import type { Translate } from './messages/translate.ts'

/** `$10`, `€9.99`, in the user's language. */
export function formatMoney(amount: number, currency: CheckoutCurrency, locale: string | undefined): string {
  const hasFraction = !Number.isInteger(amount)
  const parts = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.code,
    minimumFractionDigits: hasFraction ? currency.minorUnitDigits : 0,
    maximumFractionDigits: currency.minorUnitDigits,
  }).formatToParts(amount)
  const isRightToLeft = parts.some(({ value }) => value.includes(rightToLeftMark))
  return parts
    .map(({ type, value }) => (type === 'currency' && isRightToLeft ? `\u2066${value}\u2069` : value))
    .join('')
}

/** `Intl` begins an amount with it in Arabic. There `US$` would be laid out as `$US`, so it is kept to itself. */
const rightToLeftMark = '\u200f'

/** `10 dollars`, `9.99 euros`: as it is read out. A sign would be read as a word of its own, or not at all. */
export function speakMoney(
  amount: number,
  currency: CheckoutCurrency,
  { locale, translate }: { readonly locale: string | undefined; readonly translate: Translate },
): string {
  if (currency.code === 'usd') return translate('dollars', { count: amount })
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.code,
    currencyDisplay: 'name',
    minimumFractionDigits: 0,
  }).format(amount)
}

/** The currency's sign, and whether it stands before the number in this language. */
export function currencySign(
  currency: CheckoutCurrency,
  locale: string | undefined,
): { readonly sign: string; readonly isBefore: boolean } {
  const parts = new Intl.NumberFormat(locale, { style: 'currency', currency: currency.code }).formatToParts(1)
  const at = parts.findIndex(({ type }) => type === 'currency')
  return { sign: parts[at]?.value ?? '', isBefore: at < parts.findIndex(({ type }) => type === 'integer') }
}

/** A number as a person types it: the language's digits and decimal sign, no groups. */
export function formatTyped(amount: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 3 }).format(amount)
}

/** A rough count, with two significant digits, rounded down: what is bought is never promised to reach further. */
export function roughly(count: number): number {
  if (count < 1) return 0
  const step = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1)
  return Math.floor(count / step) * step
}

/** `2.9 credits ($0.03)`, or `0.09 credits (less than $0.01)`: what one call costs is never rounded to nothing. */
export function formatCharge(
  credits: number,
  currency: CheckoutCurrency,
  { locale, translate }: { readonly locale: string | undefined; readonly translate: Translate },
): string {
  const spoken = translate('credits', { count: roundedUp(credits) })
  const smallest = 10 ** -currency.minorUnitDigits
  const money = credits / currency.creditsPerMajorUnit
  if (money < smallest)
    return translate('chargeTiny', { credits: spoken, money: formatMoney(smallest, currency, locale) })
  const rounded = Math.ceil(money / smallest - 1e-9) * smallest
  return translate('charge', { credits: spoken, money: formatMoney(rounded, currency, locale) })
}

/** Two decimals, up: a price is never shown smaller than it is. */
function roundedUp(credits: number): number {
  return Math.ceil(credits * 100 - 1e-9) / 100
}
