import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { shareOf } from '../partners/share.ts'

/** What calls of one model used and cost, in all. */
export interface ModelHistory {
  readonly model: string
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costMicrocredits: number
}

export interface ModelEstimate extends ModelHistory {
  /** Its part of the calls: 0.25 is a quarter. */
  readonly part: number
  /** Of its part of the requests that are asked about. */
  readonly estimatedCost: Microcredits
  readonly estimatedShare: Microcredits
  readonly estimatedFee: Microcredits
}

/**
 * What so many requests like these would come to: each model gets as large a part of them as it has of the calls, at the
 * mean cost of its calls. Each amount is rounded down once, as shares are.
 */
export function estimateEarnings(
  history: readonly ModelHistory[],
  asked: { readonly requests: number; readonly shareBasisPoints: number; readonly feeBasisPoints: number },
): readonly ModelEstimate[] {
  const calls = history.reduce((sum, one) => sum + one.calls, 0)
  return history
    .map((one) => {
      // Calls × mean cost of a call ÷ all calls: what the model cost, for as many times as its calls would be made again.
      const cost = microcredits((BigInt(one.costMicrocredits) * BigInt(asked.requests)) / BigInt(calls))
      return {
        ...one,
        part: one.calls / calls,
        estimatedCost: cost,
        estimatedShare: shareOf(cost, asked.shareBasisPoints),
        estimatedFee: shareOf(cost, asked.feeBasisPoints),
      }
    })
    .toSorted((one, other) => other.estimatedCost - one.estimatedCost || (one.model < other.model ? -1 : 1))
}
