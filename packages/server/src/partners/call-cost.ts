import { addMicrocredits, type Microcredits } from '../kernel/microcredits.ts'
import type { Price } from '../pricing/price.ts'
import { quoteCost } from '../pricing/quote.ts'
import type { ModelRun, Usage } from '../pricing/usage.ts'
import { shareOf } from './share.ts'

/** The terms of one call, fixed at admission and written on its row. */
export interface CallTerms {
  readonly price: Price
  readonly shareBasisPoints: number
  readonly feeBasisPoints: number
  /** Each run that the provider may make beside the answer, at the most that it may use; for calls that end uncounted. */
  readonly runsAtMost?: readonly ModelRun[]
}

export interface CallCost {
  readonly costMicrocredits: Microcredits
  readonly shareMicrocredits: Microcredits
  readonly feeMicrocredits: Microcredits
  /** What the user owes: the sum. */
  readonly totalMicrocredits: Microcredits
}

/** What a usage comes to: the provider's cost, and on top the partner's share and the operator's fee, each of the cost. */
export function costOfCall(usage: Usage, terms: CallTerms): CallCost {
  return addShareAndFee(quoteCost(usage, terms.price), terms)
}

/**
 * Adds share and fee to a cost. For a call with several models, sum their costs first and add one share: `ledger verify`
 * computes a call's share from the cost on its row.
 */
export function addShareAndFee(
  costMicrocredits: Microcredits,
  terms: Pick<CallTerms, 'shareBasisPoints' | 'feeBasisPoints'>,
): CallCost {
  const shareMicrocredits = shareOf(costMicrocredits, terms.shareBasisPoints)
  const feeMicrocredits = shareOf(costMicrocredits, terms.feeBasisPoints)
  return {
    costMicrocredits,
    shareMicrocredits,
    feeMicrocredits,
    totalMicrocredits: addMicrocredits(costMicrocredits, shareMicrocredits, feeMicrocredits),
  }
}
