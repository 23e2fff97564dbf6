import { describe, expect, it } from 'vitest'
import { boundsMajor, readPurchaseAmount } from './purchase-amount.ts'

const usd = { code: 'usd', microcreditsPerMajorUnit: 100_000_000, minorUnitDigits: 2 }
const jpy = { code: 'jpy', microcreditsPerMajorUnit: 660_000, minorUnitDigits: 0 }
const kwd = { code: 'kwd', microcreditsPerMajorUnit: 325_500_000, minorUnitDigits: 3 }
const bounds = { min: 100, max: 100_000 }

describe('readPurchaseAmount', () => {
  const good: readonly (readonly [string, number | string, typeof usd, number, number])[] = [
    ['USD 10 is 1 000 credits', 10, usd, 1000, 1_000_000_000],
    ['USD 9.99 is 999 credits', 9.99, usd, 999, 999_000_000],
    ['a decimal string is as good', '12.30', usd, 1230, 1_230_000_000],
    ['the least', 1, usd, 100, 100_000_000],
    ['the most', 1000, usd, 100_000, 100_000_000_000],
    ['EUR 10 at 108 is 1 080', 10, { ...usd, code: 'eur', microcreditsPerMajorUnit: 108_000_000 }, 1000, 1_080_000_000],
    ['yen have no minor unit', 1500, jpy, 1500, 990_000_000],
    ['dinars have three decimals, the last one zero', '1.010', kwd, 1010, 328_755_000],
  ]
  for (const [label, amount, currency, minor, credits] of good) {
    it(label, () =>
      expect(readPurchaseAmount(amount, currency, bounds)).toEqual({
        amountMinor: minor,
        creditsMicrocredits: credits,
      }),
    )
  }

  const bad: readonly (readonly [string, number | string, typeof usd, RegExp])[] = [
    ['a third decimal of a dollar', 10.001, usd, /at most 2 decimals/],
    ['a fraction of a yen', 1500.5, jpy, /at most 0 decimals/],
    ['a negative amount', -10, usd, /from \$1.00 to \$1,000.00/],
    ['zero', 0, usd, /from \$1.00/],
    ['too little', 0.99, usd, /from \$1.00/],
    ['too much', 1000.01, usd, /to \$1,000.00/],
    ['NaN', Number.NaN, usd, /expected an amount in USD/],
    ['infinity', Number.POSITIVE_INFINITY, usd, /expected an amount/],
    ['an exponent', 1e300, usd, /expected an amount/],
    ['words', 'ten', usd, /expected an amount/],
    ['a thousandth of a dinar, which no card can pay', '1.005', kwd, /multiple of KWD\s0.010/],
    ['less than a credit in yen', 100, jpy, /from ¥152/],
  ]
  for (const [label, amount, currency, message] of bad)
    it(`refuses ${label}`, () => expect(() => readPurchaseAmount(amount, currency, bounds)).toThrow(message))
})

describe('boundsMajor', () => {
  it('never goes below what Stripe charges', () =>
    expect(boundsMajor(usd, { min: 1, max: 100_000 })).toEqual({ min: 0.5, max: 1000 }))
  it('never goes beyond what Stripe charges', () =>
    expect(boundsMajor(usd, { min: 1, max: 1_000_000_000 })).toEqual({ min: 0.5, max: 999_999.99 }))
  it('keeps to steps that can be charged', () => expect(boundsMajor(kwd, bounds)).toEqual({ min: 0.31, max: 307.21 }))
  it('is what the picker shows', () => expect(boundsMajor(usd, bounds)).toEqual({ min: 1, max: 1000 }))
  it('rounds inwards', () => expect(boundsMajor(jpy, bounds)).toEqual({ min: 152, max: 151_515 }))
})
