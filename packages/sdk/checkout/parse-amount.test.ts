import { describe, expect, it } from 'vitest'
import { formatMoney } from './format.ts'
import { parseAmount } from './parse-amount.ts'

const usd = { code: 'usd', creditsPerMajorUnit: 100, minorUnitDigits: 2, amountMin: 1, amountMax: 100_000 }
const jpy = { code: 'jpy', creditsPerMajorUnit: 0.66, minorUnitDigits: 0, amountMin: 152, amountMax: 151_515 }
const inr = { ...usd, code: 'inr', amountMax: 1_000_000 }
const eur = { ...usd, code: 'eur' }
const kwd = { ...usd, code: 'kwd', minorUnitDigits: 3 }

describe('parseAmount', () => {
  const cases: readonly (readonly [string, string, typeof usd, number | string, string?])[] = [
    ['a whole amount', '20', usd, 20],
    ['cents', '9.99', usd, 9.99],
    ['a comma for the point', '9,99', usd, 9.99],
    ['a currency sign and white space', ' $ 20 ', usd, 20],
    ['a sign behind', '20 €', usd, 20],
    ['the code', 'USD 20', usd, 20],
    ['a point without decimals', '20.', usd, 20],
    ['the least', '1', usd, 1],
    ['the most', '100000', usd, 100_000],
    ['a thousand with a comma', '1,000', usd, 1000],
    ['a thousand with a point, in German', '1.000', usd, 1000, 'de-DE'],
    ['a thousand with a point, where it is the decimal sign', '1.000', usd, 'decimals'],
    ['a thousand with a comma, where it is the decimal sign', '1,000', usd, 'decimals', 'de-DE'],
    ['both signs, the comma last', '1.000,50', usd, 1000.5],
    ['both signs, the point last', '1,000.50', usd, 1000.5],
    ['spaces and a comma', '1 000,50', usd, 1000.5, 'fr-FR'],
    ['the space that French prints', '1\u202f000,5', usd, 1000.5, 'fr-FR'],
    ['an apostrophe', "1'000.50", usd, 1000.5, 'de-CH'],
    ['India’s groups', '₹1,00,000', usd, 100_000, 'hi-IN'],
    ['two groups', '1,000,000', { ...usd, amountMax: 5_000_000 }, 1_000_000],
    ['Arabic digits', '١٢٣', usd, 123, 'ar-EG'],
    ['Arabic digits with both signs', '١٬٢٣٤٫٥', usd, 1234.5, 'ar-EG'],
    ['Persian digits', '۱۲۳', usd, 123, 'fa-IR'],
    ['Hindi digits', '१२३', usd, 123, 'hi-IN'],
    ['digits of full width', '１２３', usd, 123, 'ja-JP'],
    ['yen in full width, with the sign of full width', '￥１，０００', jpy, 1000, 'ja-JP'],
    ['a full stop of full width', '９．５０', usd, 9.5, 'ja-JP'],
    ['a comma of Chinese', '1，000', usd, 1000, 'zh-CN'],
    ['rupees as India groups them', '₹1,25,000.50', inr, 125_000.5, 'hi-IN'],
    ['rupees in Devanagari', '१,२५,०००', inr, 125_000, 'hi-IN'],
    ['euros in German', '1.000,50 €', eur, 1000.5, 'de-DE'],
    ['euros in Arabic', '١٬٠٠٠٫٥٠ €', eur, 1000.5, 'ar-EG'],
    ['the name of the currency in Japanese', '1000円', jpy, 1000, 'ja-JP'],
    ['three decimals where there are three', '10.125', kwd, 10.125],
    ['a cent too little', '0.99', usd, 'range'],
    ['a cent too much', '100000.01', usd, 'range'],
    ['three decimals', '10.001', usd, 'decimals'],
    ['a nought before three decimals is no thousand', '0,125', usd, 'decimals'],
    ['a fraction of a yen', '200.5', jpy, 'decimals'],
    ['yen', '500', jpy, 500],
    ['yen with a group', '1,000', jpy, 1000],
    ['words', 'ten', usd, 'invalid'],
    ['nothing', '', usd, 'invalid'],
    ['only a sign', '$', usd, 'invalid'],
    ['a negative amount', '-5', usd, 'invalid'],
    ['an exponent', '1e3', usd, 'invalid'],
    ['NaN', 'NaN', usd, 'invalid'],
    ['a group of the wrong size', '1,00', { ...usd, minorUnitDigits: 0 }, 'decimals'],
    ['groups that are none', '1,2,3', usd, 'invalid'],
    ['a group behind the decimals', '1.000,50,0', usd, 'invalid'],
    ['a sign alone', '.', usd, 'invalid'],
  ]
  for (const [label, text, currency, expected, locale = 'en-US'] of cases) {
    it(label, () => {
      const { amount, problem } = parseAmount(text, currency, locale)
      expect(amount ?? problem).toBe(expected)
    })
  }

  it('reads back whatever we print', () => {
    for (const locale of [
      'en-US',
      'de-DE',
      'fr-FR',
      'de-CH',
      'es',
      'pt-BR',
      'hi-IN',
      'ar-EG',
      'fa-IR',
      'ja',
      'ru',
      'ko',
    ])
      for (const amount of [5, 10.5, 999.99, 1000, 1234.5, 98_765.43])
        expect([locale, parseAmount(formatMoney(amount, usd, locale), usd, locale)]).toEqual([
          locale,
          { amount, problem: null },
        ])
  })
})
