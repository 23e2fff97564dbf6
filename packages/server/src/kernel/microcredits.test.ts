import { describe, expect, it } from 'vitest'
import {
  creditsFromMicrocredits,
  divideRoundingDown,
  divideRoundingUp,
  microcredits,
  parseCredits,
  parseScaledDecimal,
} from './microcredits.ts'

describe('parseCredits', () => {
  const cases: readonly (readonly [string, string | number, number | null])[] = [
    ['whole credits', '100', 100_000_000],
    ['a decimal keeps every microcredit', '0.000001', 1],
    ['49.5 is exact', 49.5, 49_500_000],
    ['trailing zeros carry nothing', '1.50000000', 1_500_000],
    ['a seventh digit is refused, not rounded', '0.0000001', null],
    ['an exponent is refused', 1e-7, null],
    ['words are refused', 'ten', null],
    ['empty is refused', '', null],
    ['beyond a safe integer is refused', '99999999999', null],
    ['negative amounts are read as such', '-2', -2_000_000],
  ]
  for (const [label, input, expected] of cases) it(label, () => expect(parseCredits(input)).toBe(expected))
})

describe('parseScaledDecimal', () => {
  it('scales without a float in between', () => expect(parseScaledDecimal('0.075', 8)).toBe(7_500_000n))
})

describe('rounding', () => {
  it('0.4 microcredits rounds up to 1 for the receiver', () => expect(divideRoundingUp(4n, 10n)).toBe(1n))
  it('0.9 microcredits rounds down to 0 for the payer', () => expect(divideRoundingDown(9n, 10n)).toBe(0n))
  it('an exact amount stays exact both ways', () =>
    expect([divideRoundingUp(20n, 10n), divideRoundingDown(20n, 10n)]).toEqual([2n, 2n]))
})

describe('microcredits', () => {
  it('refuses fractions and unsafe integers', () => {
    expect(() => microcredits(0.5)).toThrow(/safe integer/)
    expect(() => microcredits(2 ** 53)).toThrow(/safe integer/)
    expect(() => microcredits(Number.NaN)).toThrow(/safe integer/)
  })
  it('has no negative zero', () => expect(Object.is(microcredits(-0), 0)).toBe(true))
  it('shows credits as decimals', () => expect(creditsFromMicrocredits(microcredits(49_500_000))).toBe(49.5))
})
