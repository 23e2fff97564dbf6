import { sql } from 'kysely'
import { assert } from '../kernel/assert.ts'
import {
  addMicrocredits,
  type Microcredits,
  microcredits,
  minMicrocredits,
  subtractMicrocredits,
  zeroMicrocredits,
} from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type StatementTarget, statement } from '../store/statement.ts'
import { type AccountId, walletAccount } from './chart-of-accounts.ts'
import { claimHold, unhold } from './hold.ts'
import { writeTransfers } from './post-transfers.ts'
import type { Transfer, TransferCode } from './transfer.ts'

export interface Settlement {
  readonly holdId: string
  /** What the call cost at the provider. */
  readonly costMicrocredits: Microcredits
  /** The partner's part, on top. */
  readonly share: { readonly account: AccountId; readonly amountMicrocredits: Microcredits } | null
  /** The operator's part, on top. */
  readonly feeMicrocredits: Microcredits
  /** The key's budget, when it has one: an estimate that fell short may be made up only within it. */
  readonly budgetMicrocredits: Microcredits | null
}

export interface Settled {
  readonly outcome: 'settled'
  /** What the user paid. */
  readonly chargedMicrocredits: Microcredits
  /** What the operator paid of cost and share, because the hold and the wallet did not cover it. */
  readonly shortfallMicrocredits: Microcredits
  readonly userId: string
}

export type SettleOutcome = Settled | { readonly outcome: 'already_resolved' }

/**
 * Resolves a hold by what the call really cost. The provider and the partner always get their whole part. The wallet
 * gives what was held and, where an estimate missed, what it has left; beyond that the operator's shortfall account
 * pays, visibly (I4: a wallet never goes below zero by use). What was held and is not needed is free again.
 */
export async function settleHold(
  transaction: DatabaseTransaction,
  settlement: Settlement,
  nowMs: number,
): Promise<SettleOutcome> {
  const covered = await settleCoveredHold(transaction, settlement, nowMs)
  if (covered.outcome === 'settled') return covered
  const hold = await claimHold(transaction, settlement.holdId, 'settled', nowMs)
  if (hold === null) return { outcome: 'already_resolved' }
  await unhold(transaction, hold)
  const charged = await debitWallet(transaction, hold, dueOf(settlement), settlement.budgetMicrocredits)
  return writeSettlement(transaction, hold, settlement, charged, nowMs)
}

/**
 * The same where what is due is within what was held, as nearly always: nothing has to be read first, so it can be done
 * in a step. Where it is not so, or the hold is resolved, nothing happens.
 */
export async function settleCoveredHold(
  target: StatementTarget,
  settlement: Settlement,
  nowMs: number,
): Promise<Settled | { readonly outcome: 'not_covered' }> {
  const due = dueOf(settlement)
  const { rows } = await claimCoveredHold.run(target, nowMs, settlement.holdId, due)
  const [hold] = rows
  if (hold === undefined) return { outcome: 'not_covered' }
  const { changed } = await debitHeld.run(target, due, hold.amount_microcredits, hold.user_id)
  assert(changed === 1 || hold.amount_microcredits === 0, `hold ${hold.id} has no wallet`)
  if (hold.window_start_ms !== null)
    await spendHeld.run(target, due, hold.amount_microcredits, hold.key_id, hold.window_start_ms)
  return writeSettlement(target, hold, settlement, due, nowMs)
}

/** I3, as in `claimHold`: only one caller ever resolves a hold. */
const claimCoveredHold = statement<Row<'holds'>>(
  `update holds set state = 'settled', resolved_at_ms = ?
   where id = ? and state in ('placed', 'sent') and amount_microcredits >= ? returning *`,
)
const debitHeld = statement(
  `update wallets set posted_microcredits = posted_microcredits - ?, held_microcredits = held_microcredits - ?
   where user_id = ?`,
)
const spendHeld = statement(
  `update key_windows set spent_microcredits = spent_microcredits + ?, held_microcredits = held_microcredits - ?
   where key_id = ? and window_start_ms = ?`,
)

function shareOf({ share }: Settlement): Microcredits {
  return share?.amountMicrocredits ?? zeroMicrocredits
}

function dueOf(settlement: Settlement): Microcredits {
  return addMicrocredits(settlement.costMicrocredits, shareOf(settlement), settlement.feeMicrocredits)
}

async function writeSettlement(
  target: StatementTarget,
  hold: Row<'holds'>,
  settlement: Settlement,
  charged: Microcredits,
  nowMs: number,
): Promise<Settled> {
  const parts = splitCharge(settlement, shareOf(settlement), charged)
  await writeTransfers(target, transfersOf(hold, settlement, parts), nowMs)
  return {
    outcome: 'settled',
    chargedMicrocredits: charged,
    shortfallMicrocredits: addMicrocredits(parts.missedCost, parts.missedShare),
    userId: hold.user_id,
  }
}

/** Takes what is due from the wallet and the key's window, or as much as both have. */
async function debitWallet(
  transaction: DatabaseTransaction,
  hold: Row<'holds'>,
  due: Microcredits,
  budgetMicrocredits: Microcredits | null,
): Promise<Microcredits> {
  const wanted = due <= hold.amount_microcredits ? due : await affordable(transaction, hold, due, budgetMicrocredits)
  if (wanted > 0) {
    const { changed } = await debit.run(transaction, wanted, hold.user_id)
    assert(changed === 1, `hold ${hold.id} has no wallet`)
  }
  if (hold.window_start_ms !== null) {
    await transaction
      .updateTable('key_windows')
      .set({ spent_microcredits: sql`spent_microcredits + ${wanted}` })
      .where('key_id', '=', hold.key_id)
      .where('window_start_ms', '=', hold.window_start_ms)
      .execute()
  }
  return wanted
}

const debit = statement(`update wallets set posted_microcredits = posted_microcredits - ? where user_id = ?`)

/** What was held is the caller's whatever happened since (a refund may have taken the rest); more only if it is there. */
async function affordable(
  transaction: DatabaseTransaction,
  hold: Row<'holds'>,
  due: Microcredits,
  budgetMicrocredits: Microcredits | null,
): Promise<Microcredits> {
  const wallet = await lockWallet(transaction, hold.user_id)
  const held = microcredits(hold.amount_microcredits)
  let limit = microcredits(Math.max(held, wallet.posted_microcredits - wallet.held_microcredits))
  if (hold.window_start_ms !== null && budgetMicrocredits !== null) {
    const window = await transaction
      .selectFrom('key_windows')
      .selectAll()
      .where('key_id', '=', hold.key_id)
      .where('window_start_ms', '=', hold.window_start_ms)
      .executeTakeFirstOrThrow()
    const left = budgetMicrocredits - window.spent_microcredits - window.held_microcredits
    limit = minMicrocredits(limit, microcredits(Math.max(held, left)))
  }
  return minMicrocredits(due, limit)
}

/** `unhold` has just written this row, so on every engine it is locked until the transaction ends. */
async function lockWallet(transaction: DatabaseTransaction, userId: string): Promise<Row<'wallets'>> {
  return transaction.selectFrom('wallets').selectAll().where('user_id', '=', userId).executeTakeFirstOrThrow()
}

interface ChargeParts {
  readonly cost: Microcredits
  readonly share: Microcredits
  readonly fee: Microcredits
  readonly missedCost: Microcredits
  readonly missedShare: Microcredits
}

/** The provider comes first, then the partner; the operator's own fee is what goes without when the charge is short. */
function splitCharge(settlement: Settlement, share: Microcredits, charged: Microcredits): ChargeParts {
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

function transfersOf(hold: Row<'holds'>, settlement: Settlement, parts: ChargeParts): readonly Transfer[] {
  const wallet = walletAccount(hold.user_id)
  const partner = settlement.share?.account ?? null
  const transfer = (
    code: TransferCode,
    from: AccountId,
    to: AccountId,
    amountMicrocredits: Microcredits,
  ): Transfer => ({
    id: `request:${hold.id}:${code}`,
    debitAccount: from,
    creditAccount: to,
    amountMicrocredits,
    code,
    causeId: hold.id,
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
