import { divideRoundingDown, type Microcredits, microcredits } from '../kernel/microcredits.ts'

/** Basis points of the whole. */
const whole = 10_000

/**
 * A part of the provider's cost that is paid on top of it: the partner's referral share, or the operator's fee.
 * Rounded down to a microcredit: the remainder stays with the user, who already bears the rounding of the cost.
 * @param basisPoints 1000 is 10 %.
 */
export function shareOf(costMicrocredits: Microcredits, basisPoints: number): Microcredits {
  const inNumbers = costMicrocredits * basisPoints
  if (Number.isSafeInteger(inNumbers) && inNumbers >= 0) return microcredits((inNumbers - (inNumbers % whole)) / whole)
  return microcredits(divideRoundingDown(BigInt(costMicrocredits) * BigInt(basisPoints), BigInt(whole)))
}
