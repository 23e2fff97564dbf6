import { type Microcredits, microcredits, subtractMicrocredits } from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import { type AccountId, operatorAccount, walletAccount } from './chart-of-accounts.ts'
import { availableIn, budgetLeft, changeOwners, type LockedOwners, ownerOfHold } from './hold-owner.ts'
import { type Entry, noBudgets } from './post-transfers.ts'
import { type ChargeParts, capEstimate, type DueParts, splitCharge, sumOfParts } from './split-charge.ts'
import type { TransferCode } from './transfer.ts'

export interface Settlement extends DueParts {
  /** Whose share it is. */
  readonly partnerAccount: AccountId
  /** Of which world's operator accounts it takes and gives. */
  readonly livemode: boolean
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

/** What is charged against: a hold, or the part of one that is of a single call. Its id is the call's. */
export type ChargedHold = Pick<
  Row<'holds'>,
  'id' | 'user_id' | 'budget_id' | 'window_start_ms' | 'guest_budget_id' | 'amount_microcredits'
>

/**
 * Charges the wallet what a call cost, against what was held for it. Expects that to be off the wallet and the window
 * already, and both to be locked where the call cost more.
 * @returns how it was settled, and the transfers that are to be written.
 */
export function chargeHold(
  owners: LockedOwners,
  hold: ChargedHold,
  settlement: Settlement,
  nowMs: number,
): { readonly settled: SettledHold; readonly entries: readonly Entry[] } {
  const settled = settle(owners, hold, settlement)
  return { settled, entries: transfersOf(hold, settlement, settled, nowMs) }
}

/** How much the call costs above its hold. An estimate is capped at the hold, so it misses nothing. */
export function missedBy(hold: ChargedHold, settlement: Settlement): Microcredits {
  const over = sumOfParts(settlement) - hold.amount_microcredits
  return microcredits(settlement.isEstimated ? 0 : Math.max(0, over))
}

/** Charges the wallet and the key's windows, at most what the wallet has. Expects the hold to be off both already. */
function settle(owners: LockedOwners, hold: ChargedHold, settlement: Settlement): SettledHold {
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

function budgetsOf({ budget_id, window_start_ms, guest_budget_id }: ChargedHold): Entry['budgets'] {
  return {
    budget_id: window_start_ms === null ? null : budget_id,
    budget_window_start_ms: window_start_ms,
    guest_budget_id,
  }
}

function transfersOf(
  hold: ChargedHold,
  { partnerAccount, livemode }: Settlement,
  parts: ChargeParts,
  atMs: number,
): readonly Entry[] {
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
  const provider = operatorAccount('operator:provider_cost', livemode)
  const { costMicrocredits: cost, shortfallMicrocredits: shortfall } = parts
  return [
    transfer('usage_cost', wallet, provider, subtractMicrocredits(cost, shortfall)),
    transfer('shortfall_cost', operatorAccount('operator:shortfall', livemode), provider, shortfall),
    transfer('usage_share', wallet, partnerAccount, parts.shareMicrocredits),
    transfer('usage_fee', wallet, operatorAccount('operator:fee', livemode), parts.feeMicrocredits),
  ].filter(({ amountMicrocredits }) => amountMicrocredits > 0)
}
