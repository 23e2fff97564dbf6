import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { shareOf } from './share.ts'

describe('shareOf', () => {
  it('is exact on both sides of what a product of numbers can hold', () => {
    const near = fc.integer({ min: -2000, max: 2000 }).map((off) => Math.floor(Number.MAX_SAFE_INTEGER / 10_000) + off)
    const cost = fc.oneof(fc.maxSafeNat(), near)
    fc.assert(
      fc.property(cost, fc.integer({ min: 0, max: 10_000 }), (amount, basisPoints) => {
        const exact = (BigInt(amount) * BigInt(basisPoints)) / 10_000n
        expect(shareOf(microcredits(amount), basisPoints)).toBe(Number(exact))
      }),
    )
  })

  const cases: readonly (readonly [string, number, number, number])[] = [
    ['10 % of USD 5.00 is USD 0.50', 500_000_000, 1000, 50_000_000],
    ['10 % of USD 0.45 is 4.5 credits', 45_000_000, 1000, 4_500_000],
    ['0.9 microcredits stay with the user', 9, 1000, 0],
    ['1.9 microcredits are 1', 19, 1000, 1],
    ['12.34 % of 10 000 is 1 234', 10_000, 1234, 1234],
    ['nothing of nothing', 0, 1000, 0],
    ['no rate, no share', 1_000_000, 0, 0],
    ['the largest cost that fits is exact', 9_007_199_254_740_991, 10_000, 9_007_199_254_740_991],
  ]
  for (const [label, cost, basisPoints, share] of cases)
    it(label, () => expect(shareOf(microcredits(cost), basisPoints)).toBe(share))
})
