import { describe, expect, it } from 'vitest'
import { estimateEarnings } from './estimate-earnings.ts'

const history = [
  { model: 'a/cheap', calls: 3, inputTokens: 30, outputTokens: 3, costMicrocredits: 300 },
  { model: 'a/dear', calls: 1, inputTokens: 10, outputTokens: 1, costMicrocredits: 1000 },
]

describe('estimateEarnings', () => {
  it('gives each model the part of the requests that it has of the calls, at its mean price', () => {
    const asked = { requests: 1000, shareBasisPoints: 1000, feeBasisPoints: 200 }
    expect(estimateEarnings(history, asked)).toMatchObject([
      { model: 'a/dear', part: 0.25, estimatedCost: 250_000, estimatedShare: 25_000, estimatedFee: 5000 },
      { model: 'a/cheap', part: 0.75, estimatedCost: 75_000, estimatedShare: 7500, estimatedFee: 1500 },
    ])
  })

  it('is exact for the calls themselves, however many and dear, and rounds down once', () => {
    const large = { ...history[0], model: 'a/large', calls: 3, inputTokens: 0, outputTokens: 0 }
    const of = (costMicrocredits: number, requests: number) =>
      estimateEarnings([{ ...large, costMicrocredits }], { requests, shareBasisPoints: 3333, feeBasisPoints: 0 })[0]
    expect(of(9_000_000_000_000, 3)).toMatchObject({ estimatedCost: 9_000_000_000_000 })
    expect(of(100, 1)).toMatchObject({ estimatedCost: 33, estimatedShare: 10 })
    expect(of(100, 0)).toMatchObject({ estimatedCost: 0, estimatedShare: 0 })
  })

  it('has nothing to say of no calls', () =>
    expect(estimateEarnings([], { requests: 1, shareBasisPoints: 1, feeBasisPoints: 1 })).toEqual([]))
})
