import { describe, expect, it } from 'vitest'
import { currencySign, formatCharge, formatMoney, formatTyped, roughly, speakMoney } from './format.ts'
import { createTranslate, english } from './messages/translate.ts'

const usd = { code: 'usd', creditsPerMajorUnit: 100, minorUnitDigits: 2, amountMin: 1, amountMax: 1000 }
const eur = { ...usd, code: 'eur', creditsPerMajorUnit: 108 }
const jpy = { ...usd, code: 'jpy', creditsPerMajorUnit: 0.66, minorUnitDigits: 0 }
const words = { locale: 'en-US', translate: createTranslate(english, 'en-US') }

describe('formatCharge', () => {
  const cases: readonly (readonly [string, number, typeof usd, string])[] = [
    ['a part of a cent is said to be one', 0.09, usd, '0.09 credits (less than $0.01)'],
    ['less than a hundredth of a credit is not nothing', 0.0004, usd, '0.01 credits (less than $0.01)'],
    ['a cent', 1, usd, '1 credit ($0.01)'],
    ['a little over a cent is two', 1.01, usd, '1.01 credits ($0.02)'],
    ['dollars', 250, usd, '250 credits ($2.50)'],
    ['a yen has no parts', 0.5, jpy, '0.5 credits (less than ¥1)'],
    ['yen', 66, jpy, '66 credits (¥100)'],
  ]
  it.each(cases)('%s', (_label, credits, currency, text) => expect(formatCharge(credits, currency, words)).toBe(text))
})

describe('formatMoney', () => {
  const inr = { ...usd, code: 'inr' }
  it.each([
    ['en-US', 1000, usd, '$1,000'],
    ['en-US', 9.5, usd, '$9.50'],
    ['de-DE', 1000.5, eur, '1.000,50 €'],
    ['fr-FR', 1000, eur, '1\u202f000 €'],
    ['hi-IN', 125_000, inr, '₹1,25,000'],
    ['ja-JP', 1500, jpy, '￥1,500'],
    ['ko-KR', 1500, jpy, 'JP¥1,500'],
    ['pt-BR', 10, usd, 'US$ 10'],
    ['zh-CN', 10, usd, 'US$10'],
    ['ru-RU', 1000, usd, '1 000 $'],
    ['es-MX', 10, usd, 'USD 10'],
    ['ar-EG', 25, usd, '\u200f٢٥ \u2066US$\u2069'],
    ['ar-AE', 25.5, eur, '\u200f25.50 \u2066€\u2069'],
  ])('%s: %d', (locale, amount, currency, text) =>
    expect(formatMoney(amount, currency, locale).replaceAll('\u00a0', ' ')).toBe(text.replaceAll('\u00a0', ' ')),
  )
})

describe('speakMoney', () => {
  it.each([
    [1, usd, '1 dollar'],
    [5, usd, '5 dollars'],
    [12.5, usd, '12.5 dollars'],
    [5, eur, '5 euros'],
    [500, jpy, '500 Japanese yen'],
  ])('%s', (amount, currency, text) => expect(speakMoney(amount, currency, words)).toBe(text))
})

describe('currencySign', () => {
  it.each([
    ['en-US', '$', true],
    ['de-DE', '$', false],
    ['fr-CA', '$ US', false],
  ])('stands where it does in %s', (locale, sign, isBefore) =>
    expect(currencySign(usd, locale)).toEqual({ sign: sign.replace(' ', '\u00a0'), isBefore }),
  )
})

describe('roughly', () => {
  it.each([
    [0.9, 0],
    [1.9, 1],
    [87.4, 87],
    [348, 340],
    [11_234, 11_000],
  ])('%s is about %s', (count, about) => expect(roughly(count)).toBe(about))
})

describe('formatTyped', () => {
  it.each([
    ['en-US', '1250.5'],
    ['de-DE', '1250,5'],
    ['ar-EG', '١٢٥٠٫٥'],
  ])('is what one types in %s', (locale, text) => expect(formatTyped(1250.5, locale)).toBe(text))
})
