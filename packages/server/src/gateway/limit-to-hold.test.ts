import { describe, expect, it } from 'vitest'
import { microcredits } from '../kernel/microcredits.ts'
import { costOfCall } from '../partners/call-cost.ts'
import { noUsage } from '../pricing/usage.ts'
import { limitToHold } from './limit-to-hold.ts'

const rates = {
  ...{ inputPerMillion: 300_000_000, cacheReadPerMillion: 0, cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0 },
  ...{ outputPerMillion: 1_500_000_000, perThousandWebSearches: 0 },
}
const terms = { price: { rates, tiers: [] }, shareBasisPoints: 1000, feeBasisPoints: 0 }
const usage = { ...noUsage, inputTokens: 1000, outputTokens: 5000 }
const costOf = (outputTokens: number) => costOfCall({ ...usage, outputTokens }, terms).totalMicrocredits

describe('limitToHold', () => {
  it('leaves a usage that the hold covers as it is', () =>
    expect(limitToHold(usage, { terms, heldMicrocredits: costOf(5000), counted: 0 })).toEqual(usage))

  it('lowers the output to the last token that the hold covers', () => {
    expect(limitToHold(usage, { terms, heldMicrocredits: costOf(1234), counted: 0 }).outputTokens).toBe(1234)
    const oneLess = microcredits(costOf(1234) - 1)
    expect(limitToHold(usage, { terms, heldMicrocredits: oneLess, counted: 0 }).outputTokens).toBe(1233)
  })

  it('never lowers it below what was counted, nor below nothing', () => {
    expect(limitToHold(usage, { terms, heldMicrocredits: costOf(1234), counted: 2000 }).outputTokens).toBe(2000)
    expect(limitToHold(usage, { terms, heldMicrocredits: microcredits(1), counted: 0 }).outputTokens).toBe(0)
  })
})
