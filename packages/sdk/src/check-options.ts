import { spokenLanguages } from '@opencredits/protocol'
import { callbackOf, eventNames } from './known-names.ts'
import { warnUnknown } from './near-names.ts'
import { OpenCreditsError, type OpenCreditsEvents, type OpenCreditsOptions, type OpenOptions } from './options.ts'

type Callback = `on${Capitalize<keyof OpenCreditsEvents>}`
/** Whether a value will do, and what was expected. */
type Rule = readonly [(value: unknown) => boolean, string]

const like = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const oneOf = (...names: readonly unknown[]): Rule => [(value) => names.includes(value), `'${names.join("' or '")}'`]
const isPositive = (value: unknown) => typeof value === 'number' && value > 0 && Number.isFinite(value)
/** Which currencies are on offer only the server knows; the preflight says so. */
const currency: Rule = [like(/^[a-z]{3}$/i), "an ISO code such as 'usd'"]
const isUserKey = (value: unknown) => value === null || like(/^oc_sk_/)(value)
const anything: Rule = [() => true, '']

const initRules: Readonly<Record<Exclude<keyof OpenCreditsOptions, Callback>, Rule>> = {
  publishableKey: [like(/^oc_pk_/), "your app's oc_pk_… key; a secret key must never be in a page"],
  baseUrl: [like(/^https?:\/\/[^/]/), 'a URL such as https://credits.example'],
  currency,
  checkoutMode: oneOf('embedded', 'new_tab', 'manual'),
  theme: oneOf('light', 'dark', 'auto'),
  locale: anything,
  email: anything,
  userKey: [isUserKey, 'an oc_sk_… key, or null'],
}
const openRules: Readonly<Record<keyof OpenOptions, Rule>> = {
  amount: [isPositive, 'a positive number in major units, such as 10'],
  currency,
  reason: oneOf('insufficient_credits', 'key_budget_exceeded'),
  needed: [isPositive, 'a positive number of credits, such as 43'],
}

/** Options of `init` that are plain values; a script tag's `data-` attributes may say them too. A key is not put into HTML. */
export const settingNames: readonly string[] = Object.keys(initRules).filter((name) => name !== 'userKey')

/**
 * Warns of what is likely a slip, and gives the options back with a locale that can be used.
 * @throws OpenCreditsError `invalid_option` that says what was expected.
 */
export function checkOptions(options: OpenCreditsOptions): OpenCreditsOptions {
  const { publishableKey, locale, ...rest } = options ?? {}
  check('init', { publishableKey: publishableKey ?? '', ...rest }, initRules, eventNames.map(callbackOf))
  const usable = locale && usableLocale(locale)
  return { publishableKey, ...rest, ...(usable && { locale: usable }) }
}

/** @throws OpenCreditsError `invalid_option` */
export function checkOpenOptions(options: OpenOptions): void {
  check('open', options, openRules, [])
}

function check(
  method: string,
  options: object,
  rules: Readonly<Record<string, Rule>>,
  others: readonly string[],
): void {
  for (const [name, value] of Object.entries(options)) {
    warnUnknown('option', name, [...Object.keys(rules), ...others])
    const [isFine, expected] = rules[name] ?? anything
    if (value !== undefined && !isFine(value))
      throw new OpenCreditsError('invalid_option', `OpenCredits.${method}: ${name} must be ${expected}.`)
  }
}

/** `en_US` is mended; what is not spoken here gives way to the browser's. */
function usableLocale(locale: string): string | undefined {
  const tag = locale.replace('_', '-')
  if (`auto ${spokenLanguages}`.split(' ').includes(tag.split('-')[0] ?? '')) return tag
  console.warn(`OpenCredits: unknown locale '${locale}'. The checkout speaks ${spokenLanguages}.`)
}
