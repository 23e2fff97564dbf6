import { assert } from '../kernel/assert.ts'
import { divideRoundingDown, type Microcredits, microcredits } from '../kernel/microcredits.ts'

/** A refund or dispute of a purchase: money that went back, or is held back, as long as it `isActive`. */
export interface Claim {
  readonly id: string
  readonly amountMinor: number
  readonly isActive: boolean
}

/**
 * How many credits each claim takes back: in proportion to the money, each rounded so that the sum over all claims is
 * rounded down once, and claims on the whole amount take back exactly all. Never more than was bought, even when a
 * refunded purchase is disputed as well.
 * @param claims in an order of their own, such as by id: what came when must not matter
 */
export function allocateTakeBacks(
  purchase: { readonly amountMinor: number; readonly creditsMicrocredits: number },
  claims: readonly Claim[],
): ReadonlyMap<string, Microcredits> {
  assert(purchase.amountMinor > 0 && purchase.creditsMicrocredits > 0, 'a purchase has an amount and credits')
  const creditsFor = (amountMinor: number) =>
    divideRoundingDown(BigInt(purchase.creditsMicrocredits) * BigInt(amountMinor), BigInt(purchase.amountMinor))
  const allocated = new Map<string, Microcredits>()
  let claimedMinor = 0
  for (const claim of claims) {
    assert(claim.amountMinor >= 0, 'a claim is not negative')
    const before = claimedMinor
    if (claim.isActive) claimedMinor = Math.min(purchase.amountMinor, claimedMinor + claim.amountMinor)
    allocated.set(claim.id, microcredits(creditsFor(claimedMinor) - creditsFor(before)))
  }
  return allocated
}
