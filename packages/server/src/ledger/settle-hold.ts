import { type Microcredits, microcredits, subtractMicrocredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import type { Session } from '../store/statement.ts'
import { type AccountId, walletAccount } from './chart-of-accounts.ts'
import { takeHolds } from './hold.ts'
import { availableIn, budgetLeft, changeHeld, type LockedOwners, lockOwners, ownerOfHold } from './hold-owner.ts'
import { appendTransfers, type Entry } from './post-transfers.ts'
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
  /** The key's budget, when it has one: what a call takes past it is told. */
  readonly budgetMicrocredits: Microcredits | null
  /** The usage was counted here, not by the provider: such a charge is never more than what was held. */
  readonly isEstimated: boolean
}

/** What became of a settled hold. */
export interface SettledHold extends ChargeParts {
  /** Whose wallet paid: the caller's, or that of the account that the caller was merged into meanwhile. */
  readonly userId: string
  readonly heldMicrocredits: Microcredits
  /** By how much the call came to more than was held for it: its ceiling was too low. */
  readonly missedMicrocredits: Microcredits
  /** The part of the charge that the key's budget did not cover. */
  readonly overBudgetMicrocredits: Microcredits
}

export type ResolveOutcome =
  | ({ readonly outcome: 'settled' } & SettledHold)
  | { readonly outcome: 'released' }
  | { readonly outcome: 'already_resolved' }

/**
 * Resolves holds. A release gives one back whole. A settlement takes from the wallet what the call came to: what was held
 * and, where the ceiling missed it, what else the wallet has, past the key's budget. `split-charge.ts` says who gets it.
 * What is missing of the provider's cost even so is booked to the operator's shortfall account (I4: a wallet never goes
 * below zero by use; I5). What was held and is not needed is free again. A hold that is resolved already is left alone.
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
  // What a hold covers is the caller's already: only more than that has to be looked for.
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
    const settled = settle(owners, hold, settlement)
    transfers.push(...transfersOf(hold, settlement.partnerAccount, settled, nowMs))
    return { outcome: 'settled', ...settled }
  })
  await Promise.all([owners.wallets.write(session), owners.windows.write(session), appendTransfers(session, transfers)])
  return outcomes
}

/** By how much the ceiling missed what the provider says: nothing where nobody but us has counted. */
function missedBy(hold: Row<'holds'>, settlement: Settlement): Microcredits {
  const over = sumOfParts(settlement) - hold.amount_microcredits
  return microcredits(settlement.isEstimated ? 0 : Math.max(0, over))
}

/** Takes what is due from the wallet and the key's window, or as much as the wallet has. The hold is off them by now. */
function settle(owners: LockedOwners, hold: Row<'holds'>, settlement: Settlement): SettledHold {
  const owner = ownerOfHold(hold)
  const held = microcredits(hold.amount_microcredits)
  const missed = missedBy(hold, settlement)
  // What was held is the caller's whatever happened since (a refund may have taken the rest); more only if it is there.
  const inWallet = missed === 0 ? held : Math.max(held, availableIn(owners, owner))
  const inBudget = missed === 0 ? null : budgetLeft(owners, owner, settlement.budgetMicrocredits)
  const parts = splitCharge(settlement.isEstimated ? capEstimate(settlement, held) : settlement, microcredits(inWallet))
  const charged = parts.chargedMicrocredits
  const overBudget = inBudget === null ? 0 : Math.max(0, charged - Math.max(held, inBudget))
  owners.wallets.change(owner.userId, { posted: -charged, held: 0 })
  const { keyId, windowStartMs } = owner
  if (windowStartMs !== null) owners.windows.change({ keyId, windowStartMs }, { posted: charged, held: 0 })
  return {
    ...parts,
    userId: owner.userId,
    heldMicrocredits: held,
    missedMicrocredits: missed,
    overBudgetMicrocredits: microcredits(overBudget),
  }
}

function transfersOf(hold: Row<'holds'>, partner: AccountId, parts: ChargeParts, atMs: number): readonly Entry[] {
  const wallet = walletAccount(hold.user_id)
  const budget = hold.window_start_ms === null ? null : { keyId: hold.key_id, windowStartMs: hold.window_start_ms }
  const transfer = (code: TransferCode, from: AccountId, to: AccountId, amountMicrocredits: Microcredits): Entry => ({
    id: `request:${hold.id}:${code}`,
    debitAccount: from,
    creditAccount: to,
    amountMicrocredits,
    code,
    causeId: hold.id,
    budget: from === wallet ? budget : null,
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
