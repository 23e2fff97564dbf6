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
    ['everything is paid if there is enough', [100, 10, 5], 200, [115, 10, 5, 0]],
    ['to the microcredit', [100, 10, 5], 115, [115, 10, 5, 0]],
    ['the fee is short first', [100, 10, 5], 114, [114, 10, 4, 0]],
    ['then the share', [100, 10, 5], 109, [109, 9, 0, 0]],
    ['the cost takes everything: no share, no fee', [100, 10, 5], 100, [100, 0, 0, 0]],
    ['the operator pays one missing microcredit of the cost, and no share', [100, 10, 5], 99, [99, 0, 0, 1]],
    ['an empty wallet: the operator pays the whole cost', [100, 10, 5], 0, [0, 0, 0, 100]],
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
    ['an estimate within the hold is kept', [100, 10, 5], 115, [100, 10, 5]],
    ['twice the hold is halved', [100, 10, 0], 55, [50, 5, 0]],
    ['the cost takes the rounding remainder', [300, 30, 0], 100, [91, 9, 0]],
    ['but never grows above itself', [1, 1, 1], 2, [1, 0, 0]],
    ['no hold, no charge', [100, 10, 5], 0, [0, 0, 0]],
    ['products above 2^53 are exact', [9e14, 9e13, 0], 99e13 - 11, [9e14 - 10, 9e13 - 1, 0]],
  ]
  for (const [label, [cost, share, fee], held, expected] of cases) {
    it(label, () => {
      const parts = capEstimate(due(cost, share, fee), microcredits(held))
      expect([parts.costMicrocredits, parts.shareMicrocredits, parts.feeMicrocredits]).toEqual(expected)
    })
  }
})
