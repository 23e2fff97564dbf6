import { assert } from '../kernel/assert.ts'
import {
  addMicrocredits,
  divideRoundingDown,
  type Microcredits,
  microcredits,
  minMicrocredits,
  subtractMicrocredits,
} from '../kernel/microcredits.ts'

/** What a call comes to: the provider's cost, and on top of it the partner's share and the operator's fee. */
export interface DueParts {
  readonly costMicrocredits: Microcredits
  readonly shareMicrocredits: Microcredits
  readonly feeMicrocredits: Microcredits
}

/** Who pays what of it. The user's charge is the cost less the shortfall, plus share and fee. */
export interface ChargeParts extends DueParts {
  /** What the user pays. */
  readonly chargedMicrocredits: Microcredits
  /** The part of the cost that the user does not pay, and so the operator. */
  readonly shortfallMicrocredits: Microcredits
}

export function sumOfParts(due: DueParts): Microcredits {
  return addMicrocredits(due.costMicrocredits, due.shareMicrocredits, due.feeMicrocredits)
}

/**
 * Splits what a user pays, at most `limit`: the provider's cost first, then the partner's share, then the operator's fee.
 * The operator makes up what is missing of the cost. What is missing of share and fee nobody pays: both are parts of a
 * payment, and of a cost that the user did not pay whole there is none (gateway.md, Money 3 and 8).
 */
export function splitCharge(due: DueParts, limit: Microcredits): ChargeParts {
  assert(limit >= 0, 'a user is never charged a negative amount')
  const charged = minMicrocredits(sumOfParts(due), limit)
  const paidCost = minMicrocredits(due.costMicrocredits, charged)
  const share = minMicrocredits(due.shareMicrocredits, subtractMicrocredits(charged, paidCost))
  const fee = subtractMicrocredits(subtractMicrocredits(charged, paidCost), share)
  const shortfall = subtractMicrocredits(due.costMicrocredits, paidCost)
  assert(fee >= 0 && fee <= due.feeMicrocredits, 'a charge is never more than its parts')
  assert(shortfall === 0 || (share === 0 && fee === 0), 'no share and no fee of a cost that was not paid whole')
  return {
    costMicrocredits: due.costMicrocredits,
    shareMicrocredits: share,
    feeMicrocredits: fee,
    chargedMicrocredits: charged,
    shortfallMicrocredits: shortfall,
  }
}

/**
 * Makes an estimate that is above what was held smaller, each part in proportion: nobody knows what the call really cost,
 * and what was held is the most that it could (gateway.md, Money 7). What is left of roundings goes to the cost, so that
 * share and fee are never more than their rates of it.
 */
export function capEstimate(due: DueParts, held: Microcredits): DueParts {
  const total = sumOfParts(due)
  if (total <= held) return due
  const inProportion = (part: Microcredits) =>
    microcredits(divideRoundingDown(BigInt(part) * BigInt(held), BigInt(total)))
  const shareMicrocredits = inProportion(due.shareMicrocredits)
  const feeMicrocredits = inProportion(due.feeMicrocredits)
  const rest = microcredits(held - shareMicrocredits - feeMicrocredits)
  return { costMicrocredits: minMicrocredits(due.costMicrocredits, rest), shareMicrocredits, feeMicrocredits }
}
