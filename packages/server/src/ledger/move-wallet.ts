import { sql } from 'kysely'
import { assert } from '../kernel/assert.ts'
import { microcredits } from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { walletAccount } from './chart-of-accounts.ts'
import { postTransfers } from './post-transfers.ts'

export interface WalletMove {
  readonly fromUserId: string
  readonly toUserId: string
  /** The guest's purchase that an account claimed, where that is why; else the guest signed in. */
  readonly claimedPurchaseId?: string | undefined
}

/**
 * Moves all that is in one user's wallet, and what is held in it, to another's: a guest who signed in. What a guest
 * owes moves as well. Doing it again does nothing.
 */
export async function moveWallet(transaction: DatabaseTransaction, move: WalletMove, nowMs: number): Promise<void> {
  assert(move.fromUserId !== move.toUserId, 'a wallet is moved to another user')
  // A write that changes nothing locks the row, so that no hold can be placed on it in between.
  const from = await transaction
    .updateTable('wallets')
    .set({ held_microcredits: sql`held_microcredits` })
    .where('user_id', '=', move.fromUserId)
    .returningAll()
    .executeTakeFirst()
  if (from === undefined) return
  if (from.posted_microcredits !== 0) {
    const [debit, credit] =
      from.posted_microcredits > 0 ? [move.fromUserId, move.toUserId] : [move.toUserId, move.fromUserId]
    const { outcome } = await postTransfers(
      transaction,
      [
        {
          ...causeOf(move),
          debitAccount: walletAccount(debit),
          creditAccount: walletAccount(credit),
          amountMicrocredits: microcredits(Math.abs(from.posted_microcredits)),
        },
      ],
      nowMs,
    )
    assert(outcome === 'posted', `the wallet of ${move.fromUserId} was moved before`)
  }
  await moveHolds(transaction, move, from.held_microcredits)
}

function causeOf({ fromUserId, claimedPurchaseId }: WalletMove) {
  return claimedPurchaseId === undefined
    ? ({ id: `merge:${fromUserId}`, code: 'merge', causeId: fromUserId } as const)
    : ({ id: claimTransferId(claimedPurchaseId), code: 'claim', causeId: claimedPurchaseId } as const)
}

/** A purchase is claimed once, so its transfer is made once. */
export function claimTransferId(purchaseId: string): string {
  return `claim:${purchaseId}`
}

async function moveHolds(transaction: DatabaseTransaction, move: WalletMove, heldMicrocredits: number): Promise<void> {
  await transaction
    .updateTable('holds')
    .set({ user_id: move.toUserId })
    .where('user_id', '=', move.fromUserId)
    .execute()
  await transaction
    .updateTable('wallets')
    .set({ held_microcredits: 0 })
    .where('user_id', '=', move.fromUserId)
    .execute()
  await transaction
    .insertInto('wallets')
    .values({ user_id: move.toUserId, posted_microcredits: 0, held_microcredits: heldMicrocredits })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({ held_microcredits: sql`wallets.held_microcredits + excluded.held_microcredits` }),
    )
    .execute()
}
