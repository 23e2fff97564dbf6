import type { Session } from '../store/statement.ts'
import { chargeHold, missedBy, type SettledHold, type Settlement } from './charge-hold.ts'
import { takeHolds } from './hold.ts'
import { changeHeld, lockOwners, ownerOfHold } from './hold-owner.ts'
import { appendTransfers, type Entry } from './post-transfers.ts'

/** How a hold ends: given back whole, or settled by what the call really cost. */
export interface Resolution {
  readonly holdId: string
  /** Null releases it. */
  readonly settlement: Settlement | null
  readonly nowMs: number
}

export type ResolveOutcome =
  | ({ readonly outcome: 'settled' } & SettledHold)
  | { readonly outcome: 'released' }
  | { readonly outcome: 'already_resolved' }

/**
 * Resolves holds. A release gives back the whole hold. A settlement charges the wallet what the call cost and frees the
 * rest of the hold. Where the call cost more than its hold, the wallet pays as much of the difference as it has, even past
 * the key's budget; `split-charge.ts` divides the payment. The operator's shortfall account pays what is still missing of
 * the provider's cost (I4: use never brings a wallet below zero; I5). Resolving a hold again does nothing.
 */
export async function resolveHolds(
  session: Session,
  resolutions: readonly Resolution[],
): Promise<readonly ResolveOutcome[]> {
  const { rows } = await takeHolds.run(
    session,
    resolutions.map(({ holdId }) => ({ id: holdId })),
  )
  const holds = new Map(rows.map((hold) => [hold.id, hold]))
  // A hold covers its own amount without a lock; only settlements above it need the wallet's balance.
  const short = resolutions.flatMap(({ holdId, settlement }) => {
    const hold = holds.get(holdId)
    return hold === undefined || settlement === null || missedBy(hold, settlement) === 0 ? [] : [hold]
  })
  const owners = await lockOwners(session, short.map(ownerOfHold))
  const transfers: Entry[] = []
  const outcomes = resolutions.map((resolution): ResolveOutcome => {
    const hold = holds.get(resolution.holdId)
    if (hold === undefined) return { outcome: 'already_resolved' }
    holds.delete(hold.id)
    changeHeld(owners, ownerOfHold(hold), -hold.amount_microcredits)
    const { settlement, nowMs } = resolution
    if (settlement === null) return { outcome: 'released' }
    const { settled, entries } = chargeHold(owners, hold, settlement, nowMs)
    transfers.push(...entries)
    return { outcome: 'settled', ...settled }
  })
  await Promise.all([owners.wallets.write(session), owners.windows.write(session), appendTransfers(session, transfers)])
  return outcomes
}
