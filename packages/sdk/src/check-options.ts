import { OpenCreditsError, type OpenCreditsOptions, type OpenOptions } from './options.ts'

/** @throws OpenCreditsError `invalid_option` that says what was expected. */
export function checkOptions(options: OpenCreditsOptions): void {
  const key: unknown = options?.publishableKey
  if (typeof key !== 'string' || !key.startsWith('oc_pk_')) {
    const hint = typeof key === 'string' && /^oc_(sk|rk)_/.test(key) ? ' A secret key must never be in a page.' : ''
    throw refused(`OpenCredits.init: publishableKey must be your app's oc_pk_… key.${hint}`)
  }
  const { baseUrl, currency, checkoutMode, theme } = options
  if (baseUrl !== undefined && !/^https?:\/\/[^/]/.test(baseUrl))
    throw refused('OpenCredits.init: baseUrl must be a URL such as https://credits.example.')
  if (currency !== undefined && !/^[a-z]{3}$/i.test(currency))
    throw refused("OpenCredits.init: currency must be an ISO code such as 'usd'.")
  if (checkoutMode !== undefined && !['embedded', 'new_tab', 'manual'].includes(checkoutMode)) {
    throw refused("OpenCredits.init: checkoutMode must be 'embedded', 'new_tab' or 'manual'.")
  }
  if (theme !== undefined && !['light', 'dark', 'auto'].includes(theme))
    throw refused("OpenCredits.init: theme must be 'light', 'dark' or 'auto'.")
}

/** @throws OpenCreditsError `invalid_option` */
export function checkOpenOptions({ amount, reason, needed }: OpenOptions): void {
  if (amount !== undefined && !isPositive(amount)) {
    throw refused('OpenCredits.open: amount must be a positive number in major units, such as 10.')
  }
  if (reason !== undefined && reason !== 'insufficient_credits')
    throw refused("OpenCredits.open: reason must be 'insufficient_credits' or left out.")
  if (needed !== undefined && !isPositive(needed))
    throw refused('OpenCredits.open: needed must be a positive number of credits, such as 43.')
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && Number.isFinite(value)
}

function refused(message: string): OpenCreditsError {
  return new OpenCreditsError('invalid_option', message)
}
