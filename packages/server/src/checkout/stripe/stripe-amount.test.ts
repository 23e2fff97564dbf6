import { describe, expect, it } from 'vitest'
import { chargeLimits, fromStripeAmount, fromStripeAmountRoundingUp, toStripeAmount } from './stripe-amount.ts'

const cases: readonly (readonly [string, number, number, number])[] = [
  // currency, our digits, our minor units, Stripe's amount
  ['usd', 2, 1050, 1050],
  ['eur', 2, 1, 1],
  ['jpy', 0, 1500, 1500],
  ['kwd', 3, 5120, 5120],
  ['isk', 0, 5, 500],
  ['ugx', 0, 5, 500],
  ['huf', 0, 400, 40_000],
  ['mga', 0, 4500, 4500],
]

describe('toStripeAmount', () => {
  it.each(cases)('%s with %i digits: %i is %i at Stripe', (code, minorUnitDigits, amountMinor, amount) => {
    expect(toStripeAmount(amountMinor, { code, minorUnitDigits })).toBe(amount)
    expect(fromStripeAmount(amount, { code, minorUnitDigits })).toBe(amountMinor)
    expect(fromStripeAmountRoundingUp(amount, { code, minorUnitDigits })).toBe(amountMinor)
  })

  it('never rounds a charge, and rounds up what went back', () => {
    expect(fromStripeAmount(501, { code: 'isk', minorUnitDigits: 0 })).toBeNull()
    expect(fromStripeAmountRoundingUp(501, { code: 'isk', minorUnitDigits: 0 })).toBe(6)
    expect(() => toStripeAmount(1050, { code: 'jpy', minorUnitDigits: 2 })).toThrow('no amount at Stripe')
  })
})

describe('chargeLimits', () => {
  it.each([
    ['usd', 2, { min: 50, max: 99_999_999, step: 1 }],
    ['gbp', 2, { min: 30, max: 99_999_999, step: 1 }],
    ['jpy', 0, { min: 50, max: 99_999_999, step: 1 }],
    ['kwd', 3, { min: 50, max: 99_999_990, step: 10 }],
    ['isk', 0, { min: 1, max: 999_999, step: 1 }],
    ['huf', 0, { min: 175, max: 999_999, step: 1 }],
    ['isk', 2, { min: 100, max: 99_999_900, step: 100 }],
    ['idr', 2, { min: 50, max: 999_999_999_999, step: 1 }],
  ])('%s with %i digits', (code, minorUnitDigits, expected) => {
    expect(chargeLimits({ code, minorUnitDigits })).toEqual(expected)
  })
})
