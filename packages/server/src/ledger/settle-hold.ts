import { assert } from '../kernel/assert.ts'
import {
  addMicrocredits,
  type Microcredits,
  microcredits,
  minMicrocredits,
  subtractMicrocredits,
  zeroMicrocredits,
} from '../kernel/microcredits.ts'
import type { Row } from '../store/schema.ts'
import type { Session } from '../store/statement.ts'
import { type AccountId, walletAccount } from './chart-of-accounts.ts'
import { takeHolds } from './hold.ts'
import { availableIn, budgetLeft, changeHeld, type LockedOwners, lockOwners, ownerOfHold } from './hold-owner.ts'
import { appendTransfers, type Entry } from './post-transfers.ts'
import type { TransferCode } from './transfer.ts'

/** How a hold ends: given back whole, or settled by what the call really cost. */
export interface Resolution {
  readonly holdId: string
  /** Null releases it. */
  readonly settlement: Settlement | null
  readonly nowMs: number
}

export interface Settlement {
  /** What the call cost at the provider. */
  readonly costMicrocredits: Microcredits
  /** The partner's part, on top. */
  readonly share: { readonly account: AccountId; readonly amountMicrocredits: Microcredits } | null
  /** The operator's part, on top. */
  readonly feeMicrocredits: Microcredits
  /** The key's budget, when it has one: an estimate that fell short may be made up only within it. */
  readonly budgetMicrocredits: Microcredits | null
}

export type ResolveOutcome =
  | {
      readonly outcome: 'settled'
      /** What the user paid. */
      readonly chargedMicrocredits: Microcredits
      /** What the operator paid of cost and share, because the hold and the wallet did not cover it. */
      readonly shortfallMicrocredits: Microcredits
    }
  | { readonly outcome: 'released' }
  | { readonly outcome: 'already_resolved' }

/**
 * Resolves holds. A release gives one back whole. In a settlement the provider and the partner always get their whole
 * part. The wallet gives what was held and, where an estimate missed, what it has left; beyond that the operator's
 * shortfall account pays, visibly (I4: a wallet never goes below zero by use). What was held and is not needed is free
 * again. One that is resolved already is left alone.
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
    return hold === undefined || settlement === null || dueOf(settlement) <= hold.amount_microcredits ? [] : [hold]
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
    const charged = debit(owners, hold, settlement)
    const parts = splitCharge(settlement, charged)
    transfers.push(...transfersOf(hold, settlement, parts, nowMs))
    const shortfallMicrocredits = addMicrocredits(parts.missedCost, parts.missedShare)
    return { outcome: 'settled', chargedMicrocredits: charged, shortfallMicrocredits }
  })
  await Promise.all([owners.wallets.write(session), owners.windows.write(session), appendTransfers(session, transfers)])
  return outcomes
}

/** Takes what is due from the wallet and the key's window, or as much as both have. The hold is off them by now. */
function debit(owners: LockedOwners, hold: Row<'holds'>, settlement: Settlement): Microcredits {
  const owner = ownerOfHold(hold)
  const due = dueOf(settlement)
  const held = microcredits(hold.amount_microcredits)
  const charged = due <= held ? due : minMicrocredits(due, limitOf(owners, hold, settlement.budgetMicrocredits))
  owners.wallets.change(owner.userId, { posted: -charged, held: 0 })
  const { keyId, windowStartMs } = owner
  if (windowStartMs !== null) owners.windows.change({ keyId, windowStartMs }, { posted: charged, held: 0 })
  return charged
}

/** What was held is the caller's whatever happened since (a refund may have taken the rest); more only if it is there. */
function limitOf(owners: LockedOwners, hold: Row<'holds'>, budget: Microcredits | null): Microcredits {
  const inWallet = availableIn(owners, ownerOfHold(hold))
  const inBudget = budgetLeft(owners, ownerOfHold(hold), budget) ?? inWallet
  return microcredits(Math.max(hold.amount_microcredits, Math.min(inWallet, inBudget)))
}

function dueOf(settlement: Settlement): Microcredits {
  return addMicrocredits(settlement.costMicrocredits, shareOf(settlement), settlement.feeMicrocredits)
}

function shareOf({ share }: Settlement): Microcredits {
  return share?.amountMicrocredits ?? zeroMicrocredits
}

interface ChargeParts {
  readonly cost: Microcredits
  readonly share: Microcredits
  readonly fee: Microcredits
  readonly missedCost: Microcredits
  readonly missedShare: Microcredits
}

/** The provider comes first, then the partner; the operator's own fee is what goes without when the charge is short. */
function splitCharge(settlement: Settlement, charged: Microcredits): ChargeParts {
  const share = shareOf(settlement)
  const cost = minMicrocredits(settlement.costMicrocredits, charged)
  const paidShare = minMicrocredits(share, subtractMicrocredits(charged, cost))
  const fee = subtractMicrocredits(subtractMicrocredits(charged, cost), paidShare)
  assert(fee >= 0 && fee <= settlement.feeMicrocredits, 'a charge is never more than its parts')
  return {
    cost,
    share: paidShare,
    fee,
    missedCost: subtractMicrocredits(settlement.costMicrocredits, cost),
    missedShare: subtractMicrocredits(share, paidShare),
  }
}

function transfersOf(hold: Row<'holds'>, settlement: Settlement, parts: ChargeParts, atMs: number): readonly Entry[] {
  const wallet = walletAccount(hold.user_id)
  const partner = settlement.share?.account ?? null
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
  const all = [
    transfer('usage_cost', wallet, 'operator:provider_cost', parts.cost),
    transfer('shortfall_cost', 'operator:shortfall', 'operator:provider_cost', parts.missedCost),
    transfer('usage_fee', wallet, 'operator:fee', parts.fee),
    ...(partner === null
      ? []
      : [
          transfer('usage_share', wallet, partner, parts.share),
          transfer('shortfall_share', 'operator:shortfall', partner, parts.missedShare),
        ]),
  ]
  return all.filter(({ amountMicrocredits }) => amountMicrocredits > 0)
}
