import { parseLocale } from '@opencredits/protocol'
import type Stripe from 'stripe'

type StripeLocale = Stripe.Checkout.SessionCreateParams.Locale

/** What Checkout speaks, the nearest first among the tags of one language. No Arabic. */
const spoken = [
  ...(['bg', 'cs', 'da', 'de', 'el', 'en', 'en-GB', 'es', 'es-419', 'et', 'fi', 'fil', 'fr', 'fr-CA'] as const),
  ...(['hi-IN', 'hr', 'hu', 'id', 'it', 'ja', 'ko', 'lt', 'lv', 'ms', 'mt', 'nb', 'nl', 'pl', 'pt-BR', 'pt'] as const),
  ...(['ro', 'ru', 'sk', 'sl', 'sv', 'th', 'tr', 'vi', 'zh', 'zh-HK', 'zh-TW'] as const),
] satisfies readonly StripeLocale[]

/** Norwegian is Bokmål at Stripe. */
const sameAs: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb' }

/**
 * The language of Stripe's form that fits a language tag best: `es-MX` is `es-419`, `pt` is `pt-BR` and `pt-PT` is `pt`,
 * `zh-Hant` is `zh-TW`. `auto`, by which Stripe takes the browser's own, where it speaks nothing like it.
 */
export function stripeLocale(tag: string): StripeLocale {
  const locale = parseLocale(tag)?.maximize()
  if (locale === undefined) return 'auto'
  const language = sameAs[locale.language] ?? locale.language
  const candidates = spoken.filter((one) => {
    const other = new Intl.Locale(one).maximize()
    return other.language === language && (language !== 'zh' || other.script === locale.script)
  })
  return candidates.find((one) => isOfRegion(one, locale.region)) ?? candidates[0] ?? 'auto'
}

function isOfRegion(tag: (typeof spoken)[number], region: string | undefined): boolean {
  switch (tag) {
    case 'es':
      return region === 'ES'
    case 'es-419':
      return region !== 'ES'
    case 'pt':
      return region !== 'BR'
    default:
      return new Intl.Locale(tag).maximize().region === region
  }
}
