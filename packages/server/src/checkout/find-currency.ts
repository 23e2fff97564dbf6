import type { CurrencyConfig } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'

/**
 * Finds a currency by its code in lower case.
 * @throws AppError `invalid_request` that names the currencies on offer.
 */
export function findCurrency(currencies: readonly CurrencyConfig[], code: string): CurrencyConfig {
  const currency = currencies.find((one) => one.code === code)
  if (currency !== undefined) return currency
  const enabled = currencies.map((one) => one.code).join(', ')
  throw new AppError(
    'invalid_request',
    `currency: ${code.slice(0, 10)} is not enabled here; expected one of ${enabled}.`,
    { param: 'currency' },
  )
}
