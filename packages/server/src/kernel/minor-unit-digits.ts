/** Digits of a currency's minor unit as `purchases.amount_minor` counts them: what `Intl` knows, also of currencies that are no longer enabled. */
export function minorUnitDigitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}
