import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, type Microcredits } from '../kernel/microcredits.ts'
import type { HoldRefusal } from '../ledger/hold-owner.ts'

/** A 402 that says what was needed, what is left, and where to top up: in words, and as numbers in the body. */
export function unpaid(
  { outcome, availableMicrocredits }: HoldRefusal,
  neededMicrocredits: Microcredits,
  publicUrl: string,
): AppError {
  const [have, need] = [readable(availableMicrocredits, 'down'), readable(neededMicrocredits, 'up')]
  const message =
    outcome === 'insufficient_credits'
      ? `Insufficient credits: ${have} left, about ${need} needed. Top up in the app, or at ${publicUrl}/account.`
      : `This key's budget is used up: ${have} credits left in it, about ${need} needed. Raise its budget or use another key.`
  return new AppError(outcome, message, {
    headers: { 'x-should-retry': 'false' },
    funds: { availableMicrocredits, neededMicrocredits },
  })
}

function readable(amount: Microcredits, rounding: 'up' | 'down'): string {
  return new Intl.NumberFormat('en-US', {
    maximumFractionDigits: 2,
    roundingMode: rounding === 'up' ? 'ceil' : 'floor',
  }).format(creditsFromMicrocredits(amount))
}
