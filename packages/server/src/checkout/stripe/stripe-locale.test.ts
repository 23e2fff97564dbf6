import { describe, expect, it } from 'vitest'
import { stripeLocale } from './stripe-locale.ts'

describe('stripeLocale', () => {
  it.each([
    ['en', 'en'],
    ['en-GB', 'en-GB'],
    ['en-AU', 'en'],
    ['de-AT', 'de'],
    ['es', 'es'],
    ['es-ES', 'es'],
    ['es-MX', 'es-419'],
    ['es-419', 'es-419'],
    ['fr-CA', 'fr-CA'],
    ['fr-CH', 'fr'],
    ['pt', 'pt-BR'],
    ['pt-BR', 'pt-BR'],
    ['pt-PT', 'pt'],
    ['hi', 'hi-IN'],
    ['no', 'nb'],
    ['nn-NO', 'nb'],
    ['zh', 'zh'],
    ['zh-Hans', 'zh'],
    ['zh-SG', 'zh'],
    ['zh-Hant', 'zh-TW'],
    ['zh-TW', 'zh-TW'],
    ['zh-Hant-HK', 'zh-HK'],
    ['zh-MO', 'zh-HK'],
    ['tl', 'fil'],
    ['ja-JP-u-ca-japanese', 'ja'],
    ['ar', 'auto'],
    ['ar-XB', 'auto'],
    ['en-XA', 'en'],
    ['auto', 'auto'],
    ['x', 'auto'],
    ['tlh', 'auto'],
  ])('%s is %s at Stripe', (tag, locale) => expect(stripeLocale(tag)).toBe(locale))
})
