import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { shareOf } from './share.ts'

describe('shareOf', () => {
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
