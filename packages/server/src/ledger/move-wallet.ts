import { sql } from 'kysely'
import { assert } from '../kernel/assert.ts'
import { type Microcredits, microcredits, zeroMicrocredits } from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { operatorAccount, walletAccount } from './chart-of-accounts.ts'
import { lockWallet } from './lock-wallet.ts'
import { postTransfers } from './post-transfers.ts'
import type { Transfer } from './transfer.ts'

export interface WalletMove {
  readonly fromUserId: string
  readonly toUserId: string
  /** Of both: credits never leave their world. */
  readonly livemode: boolean
  /** The guest's purchase that an account claimed, where that is why; else the guest signed in. */
  readonly claimedPurchaseId?: string | undefined
}

export interface MovedWallet {
  /** The limit of the guest's budget; 0 where the guest had nothing. */
  readonly broughtMicrocredits: Microcredits
  /** What was in the wallet; below zero where the guest owed. */
  readonly postedMicrocredits: Microcredits
}

/** The budget that the keys of a merged guest share: what moved with them, and no more. */
export function mergedBudgetId(fromUserId: string): string {
  return `merge:${fromUserId}`
}

/**
 * Moves all that is in one user's wallet, and what is held in it, to another's: a guest who signed in. The operator pays
 * what the guest owes, so that no debt reaches the account, and as much as open holds need that the guest cannot pay.
 * Open holds count in the guest's budget from then on (`mergedBudgetId`), whose limit is what the guest brought along.
 * Doing it again does nothing.
 */
export async function moveWallet(
  transaction: DatabaseTransaction,
  move: WalletMove,
  nowMs: number,
): Promise<MovedWallet> {
  assert(move.fromUserId !== move.toUserId, 'a wallet is moved to another user')
  const from = await lockWallet(transaction, move.fromUserId)
  if (from === undefined) return { broughtMicrocredits: zeroMicrocredits, postedMicrocredits: zeroMicrocredits }
  const transfers = transfersOf(move, from.posted_microcredits, from.held_microcredits)
  if (transfers.length > 0) {
    const { outcome } = await postTransfers(transaction, transfers, nowMs)
    assert(outcome === 'posted', `the wallet of ${move.fromUserId} was moved before`)
  }
  const wallet = { posted: from.posted_microcredits, held: from.held_microcredits }
  return {
    broughtMicrocredits: await moveHolds(transaction, move, wallet),
    postedMicrocredits: microcredits(from.posted_microcredits),
  }
}

/** A purchase is claimed once, so its transfer is made once. */
export function claimTransferId(purchaseId: string): string {
  return `claim:${purchaseId}`
}

function causeOf({ fromUserId, claimedPurchaseId }: WalletMove) {
  return claimedPurchaseId === undefined
    ? ({ id: `merge:${fromUserId}`, code: 'merge', causeId: fromUserId } as const)
    : ({ id: claimTransferId(claimedPurchaseId), code: 'claim', causeId: claimedPurchaseId } as const)
}

function transfersOf(move: WalletMove, posted: number, held: number): readonly Transfer[] {
  const missing = Math.max(0, held - posted)
  const moved = posted + missing
  const guest = walletAccount(move.fromUserId)
  const written: Transfer = {
    id: `guest_debt:${move.fromUserId}`,
    debitAccount: operatorAccount('operator:shortfall', move.livemode),
    creditAccount: guest,
    amountMicrocredits: microcredits(missing),
    code: 'guest_debt',
    causeId: move.fromUserId,
  }
  const merged: Transfer = {
    ...causeOf(move),
    debitAccount: guest,
    creditAccount: walletAccount(move.toUserId),
    amountMicrocredits: microcredits(moved),
  }
  return [written, merged].filter(({ amountMicrocredits }) => amountMicrocredits > 0)
}

async function moveHolds(
  transaction: DatabaseTransaction,
  { fromUserId, toUserId }: WalletMove,
  wallet: { readonly posted: number; readonly held: number },
): Promise<Microcredits> {
  const budgetId = mergedBudgetId(fromUserId)
  const ofGuest = transaction.updateTable('holds').where('user_id', '=', fromUserId)
  const shared = await ofGuest
    .set({ budget_id: budgetId, window_start_ms: 0, user_id: toUserId })
    .where('window_start_ms', 'is', null)
    .returning('amount_microcredits')
    .execute()
  // A key with a budget of its own goes on in its own window, which grows no more: the rest is in the shared one.
  await transaction
    .updateTable('key_windows')
    .set({ limit_microcredits: sql`spent_microcredits + held_microcredits` })
    .where((where) =>
      where.exists(
        where
          .selectFrom('holds')
          .select('holds.id')
          .where('holds.user_id', '=', fromUserId)
          .whereRef('holds.budget_id', '=', 'key_windows.budget_id')
          .whereRef('holds.window_start_ms', '=', 'key_windows.window_start_ms'),
      ),
    )
    .execute()
  await ofGuest.set({ user_id: toUserId }).execute()
  await changeHeld(transaction, fromUserId, -wallet.held)
  await changeHeld(transaction, toUserId, wallet.held)
  const held = shared.reduce((sum, hold) => sum + hold.amount_microcredits, 0)
  const limit = Math.max(0, wallet.posted - (wallet.held - held))
  if (limit > 0 || held > 0) {
    const window = { budget_id: budgetId, window_start_ms: 0, spent_microcredits: 0 }
    await transaction
      .insertInto('key_windows')
      .values({ ...window, held_microcredits: held, limit_microcredits: limit })
      .execute()
  }
  return microcredits(limit)
}

async function changeHeld(transaction: DatabaseTransaction, userId: string, by: number): Promise<void> {
  if (by === 0) return
  await transaction
    .insertInto('wallets')
    .values({ user_id: userId, posted_microcredits: 0, held_microcredits: Math.max(0, by) })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ held_microcredits: sql`wallets.held_microcredits + ${by}` }),
    )
    .execute()
}

/** Lets a merged guest's keys spend more: what was bought with one of them since. */
export async function raiseMergedBudget(
  transaction: DatabaseTransaction,
  budgetId: string,
  byMicrocredits: Microcredits,
): Promise<void> {
  await transaction
    .updateTable('key_windows')
    .set({ limit_microcredits: sql`limit_microcredits + ${byMicrocredits}` })
    .where('budget_id', '=', budgetId)
    .where('limit_microcredits', 'is not', null)
    .execute()
}
