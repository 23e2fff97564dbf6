import type { CheckoutCurrency } from '@opencredits/protocol'

/** `$10`, `€9.99`, in the user's language. */
export function formatMoney(amount: number, currency: CheckoutCurrency, locale: string | undefined): string {
  const hasFraction = !Number.isInteger(amount)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.code,
    minimumFractionDigits: hasFraction ? currency.minorUnitDigits : 0,
    maximumFractionDigits: currency.minorUnitDigits,
  }).format(amount)
}

/** Credits with two decimals at the most: a balance is never shown larger than it is. */
export function formatCredits(credits: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2, roundingMode: 'floor' }).format(credits)
}

/** A rough number of requests: two significant digits. */
export function formatAbout(count: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(Math.floor(count))
}
