import { describe, expect, it } from 'vitest'
import { parseAmount } from './parse-amount.ts'

const usd = { code: 'usd', creditsPerMajorUnit: 100, minorUnitDigits: 2, amountMin: 1, amountMax: 1000 }
const jpy = { code: 'jpy', creditsPerMajorUnit: 0.66, minorUnitDigits: 0, amountMin: 152, amountMax: 151_515 }

describe('parseAmount', () => {
  const cases: readonly (readonly [string, string, typeof usd, number | string])[] = [
    ['a whole amount', '20', usd, 20],
    ['cents', '9.99', usd, 9.99],
    ['a comma for the point', '9,99', usd, 9.99],
    ['a currency sign and white space', ' $ 20 ', usd, 20],
    ['a point without decimals', '20.', usd, 20],
    ['the least', '1', usd, 1],
    ['the most', '1000', usd, 1000],
    ['a cent too little', '0.99', usd, 'range'],
    ['a cent too much', '1000.01', usd, 'range'],
    ['three decimals', '10.001', usd, 'decimals'],
    ['a fraction of a yen', '200.5', jpy, 'decimals'],
    ['yen', '500', jpy, 500],
    ['words', 'ten', usd, 'invalid'],
    ['nothing', '', usd, 'invalid'],
    ['a negative amount', '-5', usd, 'invalid'],
    ['an exponent', '1e3', usd, 'invalid'],
    ['NaN', 'NaN', usd, 'invalid'],
  ]
  for (const [label, text, currency, expected] of cases) {
    it(label, () => {
      const { amount, problem } = parseAmount(text, currency)
      expect(amount ?? problem).toBe(expected)
    })
  }
})
