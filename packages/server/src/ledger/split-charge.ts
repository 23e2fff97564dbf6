import { assert } from '../kernel/assert.ts'
import {
  addMicrocredits,
  divideRoundingDown,
  type Microcredits,
  microcredits,
  minMicrocredits,
  subtractMicrocredits,
} from '../kernel/microcredits.ts'

/** What a call costs: the provider's cost, and on top of it the partner's share and the operator's fee. */
export interface DueParts {
  readonly costMicrocredits: Microcredits
  readonly shareMicrocredits: Microcredits
  readonly feeMicrocredits: Microcredits
}

/** What is paid, and by whom. The charge is the cost less the shortfall, plus share and fee. */
export interface ChargeParts extends DueParts {
  /** What the user pays. */
  readonly chargedMicrocredits: Microcredits
  /** The part of the provider's cost that the operator pays, because the user cannot. */
  readonly shortfallMicrocredits: Microcredits
}

export function sumOfParts(due: DueParts): Microcredits {
  return addMicrocredits(due.costMicrocredits, due.shareMicrocredits, due.feeMicrocredits)
}

/**
 * Splits what a user pays, at most `limit`: the provider's cost first, then the partner's share, then the operator's fee.
 * The operator pays what is missing of the cost. Nobody pays what is missing of share and fee: they are earned on what
 * the user paid, and a cost that was not paid in full earns neither (gateway.md, Money 3 and 8).
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
 * Caps an estimate at what was held, each part in proportion: the true cost is unknown, and the hold is the most that it
 * can be (gateway.md, Money 7). The cost takes the rounding remainder, so share and fee never exceed their rates of it.
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
