import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocateTakeBacks, type Claim } from './allocate-take-backs.ts'

const tenDollars = { amountMinor: 1000, creditsMicrocredits: 1_000_000_000 }
/** A rate that leaves fractions of a microcredit on each unit of money. */
const uneven = { amountMinor: 300, creditsMicrocredits: 1_000_000_001 }

describe('allocateTakeBacks', () => {
  it.each([
    ['one refund of a part', tenDollars, [claim('re_1', 250)], { re_1: 250_000_000 }],
    ['one of all', tenDollars, [claim('re_1', 1000)], { re_1: 1_000_000_000 }],
    ['a failed one takes nothing', tenDollars, [claim('re_1', 1000, false)], { re_1: 0 }],
    [
      'the sum is rounded down once',
      uneven,
      [claim('re_1', 100), claim('re_2', 100)],
      { re_1: 333_333_333, re_2: 333_333_334 },
    ],
    [
      'three thirds take back exactly all',
      uneven,
      [claim('re_1', 100), claim('re_2', 100), claim('re_3', 100)],
      { re_1: 333_333_333, re_2: 333_333_334, re_3: 333_333_334 },
    ],
    [
      'a dispute of what is refunded takes only the rest',
      tenDollars,
      [claim('re_1', 600), claim('dp_1', 1000)],
      { re_1: 600_000_000, dp_1: 400_000_000 },
    ],
    [
      'more money than was paid takes no more than was bought',
      tenDollars,
      [claim('dp_1', 1200)],
      { dp_1: 1_000_000_000 },
    ],
    ['no claim, nothing', tenDollars, [], {}],
  ])('%s', (_label, purchase, claims, expected) => {
    expect(Object.fromEntries(allocateTakeBacks(purchase, claims))).toEqual(expected)
  })

  it('sums up exactly, however many parts and whatever the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e8 }),
        fc.integer({ min: 1, max: 1e12 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1e8 }), fc.boolean()), { maxLength: 6 }),
        (amountMinor, creditsMicrocredits, drawn) => {
          const claims = drawn.map(([amount, isActive], index) => claim(`re_${index}`, amount, isActive))
          const allocated = allocateTakeBacks({ amountMinor, creditsMicrocredits }, claims)
          const claimed = claims.reduce((sum, one) => sum + (one.isActive ? one.amountMinor : 0), 0)
          const sum = [...allocated.values()].reduce<number>((total, one) => total + one, 0)
          const exact = (BigInt(creditsMicrocredits) * BigInt(Math.min(claimed, amountMinor))) / BigInt(amountMinor)
          expect(sum).toBe(Number(exact))
          expect(Math.min(0, ...allocated.values())).toBe(0)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

function claim(id: string, amountMinor: number, isActive = true): Claim {
  return { id, amountMinor, isActive }
}
