import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { capEstimate, splitCharge } from './split-charge.ts'

const due = (cost: number, share: number, fee: number) => ({
  costMicrocredits: microcredits(cost),
  shareMicrocredits: microcredits(share),
  feeMicrocredits: microcredits(fee),
})

describe('splitCharge', () => {
  const cases: readonly (readonly [string, readonly [number, number, number], number, readonly number[]])[] = [
    ['all is paid where there is enough', [100, 10, 5], 200, [115, 10, 5, 0]],
    ['to the microcredit', [100, 10, 5], 115, [115, 10, 5, 0]],
    ['the fee is the first to go without', [100, 10, 5], 114, [114, 10, 4, 0]],
    ['then the share', [100, 10, 5], 109, [109, 9, 0, 0]],
    ['the cost alone leaves nothing for either', [100, 10, 5], 100, [100, 0, 0, 0]],
    ['one microcredit of the cost is missing: the operator pays it, and no share', [100, 10, 5], 99, [99, 0, 0, 1]],
    ['nothing there: the operator pays all of the cost', [100, 10, 5], 0, [0, 0, 0, 100]],
    ['a call that cost nothing', [0, 0, 0], 50, [0, 0, 0, 0]],
  ]
  for (const [label, [cost, share, fee], limit, expected] of cases) {
    it(label, () => {
      const parts = splitCharge(due(cost, share, fee), microcredits(limit))
      const { chargedMicrocredits, shareMicrocredits, feeMicrocredits, shortfallMicrocredits } = parts
      expect([chargedMicrocredits, shareMicrocredits, feeMicrocredits, shortfallMicrocredits]).toEqual(expected)
    })
  }
})

describe('capEstimate', () => {
  const cases: readonly (readonly [string, readonly [number, number, number], number, readonly number[]])[] = [
    ['an estimate within what was held stays', [100, 10, 5], 115, [100, 10, 5]],
    ['twice what was held is halved', [100, 10, 0], 55, [50, 5, 0]],
    ['what is left of roundings goes to the cost', [300, 30, 0], 100, [91, 9, 0]],
    ['but the cost never grows by it', [1, 1, 1], 2, [1, 0, 0]],
    ['nothing held, nothing charged', [100, 10, 5], 0, [0, 0, 0]],
    ['amounts whose product no double holds', [9e14, 9e13, 0], 99e13 - 11, [9e14 - 10, 9e13 - 1, 0]],
  ]
  for (const [label, [cost, share, fee], held, expected] of cases) {
    it(label, () => {
      const parts = capEstimate(due(cost, share, fee), microcredits(held))
      expect([parts.costMicrocredits, parts.shareMicrocredits, parts.feeMicrocredits]).toEqual(expected)
    })
  }
})
