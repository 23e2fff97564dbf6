import { type Microcredits, microcredits, subtractMicrocredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import type { Session } from '../store/statement.ts'
import { type AccountId, walletAccount } from './chart-of-accounts.ts'
import { takeHolds } from './hold.ts'
import { availableIn, budgetLeft, changeOwners, type LockedOwners, lockOwners, ownerOfHold } from './hold-owner.ts'
import { appendTransfers, type Entry, noBudgets } from './post-transfers.ts'
import { type ChargeParts, capEstimate, type DueParts, splitCharge, sumOfParts } from './split-charge.ts'
import type { TransferCode } from './transfer.ts'

/** How a hold ends: given back whole, or settled by what the call really cost. */
export interface Resolution {
  readonly holdId: string
  /** Null releases it. */
  readonly settlement: Settlement | null
  readonly nowMs: number
}

export interface Settlement extends DueParts {
  /** Whose share it is. */
  readonly partnerAccount: AccountId
  /** The key's budget, where it has one. It does not limit the charge; the outcome says how much went past it. */
  readonly budgetMicrocredits: Microcredits | null
  /** The usage was counted by us, not by the provider: the charge is at most what was held. */
  readonly isEstimated: boolean
}

/** How a hold was settled. */
export interface SettledHold extends ChargeParts {
  /** Whose wallet paid: the caller's, or that of the account into which the caller was merged meanwhile. */
  readonly userId: string
  readonly heldMicrocredits: Microcredits
  /** Cost, share and fee above the hold: the ceiling was too low. */
  readonly missedMicrocredits: Microcredits
  /** The part of the charge that the key's budget did not cover. */
  readonly overBudgetMicrocredits: Microcredits
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
    changeOwners(owners, ownerOfHold(hold), { spent: 0, held: -hold.amount_microcredits })
    const { settlement, nowMs } = resolution
    if (settlement === null) return { outcome: 'released' }
    const settled = settle(owners, hold, settlement)
    transfers.push(...transfersOf(hold, settlement.partnerAccount, settled, nowMs))
    return { outcome: 'settled', ...settled }
  })
  await Promise.all([owners.wallets.write(session), owners.windows.write(session), appendTransfers(session, transfers)])
  return outcomes
}

/** How much the call costs above its hold. An estimate is capped at the hold, so it misses nothing. */
function missedBy(hold: Row<'holds'>, settlement: Settlement): Microcredits {
  const over = sumOfParts(settlement) - hold.amount_microcredits
  return microcredits(settlement.isEstimated ? 0 : Math.max(0, over))
}

/** Charges the wallet and the key's windows, at most what the wallet has. Expects the hold to be off both already. */
function settle(owners: LockedOwners, hold: Row<'holds'>, settlement: Settlement): SettledHold {
  const owner = ownerOfHold(hold)
  const held = microcredits(hold.amount_microcredits)
  const missed = missedBy(hold, settlement)
  // The hold is spent even if a refund has emptied the wallet since; more than the hold only if the wallet has it.
  const inWallet = missed === 0 ? held : Math.max(held, availableIn(owners, owner))
  const inBudget = missed === 0 ? null : budgetLeft(owners, owner, settlement.budgetMicrocredits)
  const parts = splitCharge(settlement.isEstimated ? capEstimate(settlement, held) : settlement, microcredits(inWallet))
  const charged = parts.chargedMicrocredits
  const overBudget = inBudget === null ? 0 : Math.max(0, charged - Math.max(held, inBudget))
  changeOwners(owners, owner, { spent: charged, held: 0 })
  return {
    ...parts,
    userId: owner.userId,
    heldMicrocredits: held,
    missedMicrocredits: missed,
    overBudgetMicrocredits: microcredits(overBudget),
  }
}

function budgetsOf({ budget_id, window_start_ms, guest_budget_id }: Row<'holds'>): Entry['budgets'] {
  return {
    budget_id: window_start_ms === null ? null : budget_id,
    budget_window_start_ms: window_start_ms,
    guest_budget_id,
  }
}

function transfersOf(hold: Row<'holds'>, partner: AccountId, parts: ChargeParts, atMs: number): readonly Entry[] {
  const wallet = walletAccount(hold.user_id)
  const transfer = (code: TransferCode, from: AccountId, to: AccountId, amountMicrocredits: Microcredits): Entry => ({
    id: `request:${hold.id}:${code}`,
    debitAccount: from,
    creditAccount: to,
    amountMicrocredits,
    code,
    causeId: hold.id,
    budgets: from === wallet ? budgetsOf(hold) : noBudgets,
    atMs,
  })
  const { costMicrocredits: cost, shortfallMicrocredits: shortfall } = parts
  return [
    transfer('usage_cost', wallet, 'operator:provider_cost', subtractMicrocredits(cost, shortfall)),
    transfer('shortfall_cost', 'operator:shortfall', 'operator:provider_cost', shortfall),
    transfer('usage_share', wallet, partner, parts.shareMicrocredits),
    transfer('usage_fee', wallet, 'operator:fee', parts.feeMicrocredits),
  ].filter(({ amountMicrocredits }) => amountMicrocredits > 0)
}
