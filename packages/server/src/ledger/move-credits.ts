import { assert } from '../kernel/assert.ts'
import { type Microcredits, microcredits, zeroMicrocredits } from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { walletAccount } from './chart-of-accounts.ts'
import { lockWallet } from './lock-wallet.ts'
import { claimTransferId, type WalletMove } from './move-wallet.ts'
import { postTransfers } from './post-transfers.ts'

/**
 * Moves a part of a wallet for a claimed purchase: at most so much, and nothing that a call holds. The rest, and the
 * holds, stay where they are.
 * @returns what was moved
 */
export async function moveCredits(
  transaction: DatabaseTransaction,
  move: WalletMove & { readonly claimedPurchaseId: string; readonly microcreditsMax: Microcredits },
  nowMs: number,
): Promise<Microcredits> {
  const from = await lockWallet(transaction, move.fromUserId)
  const free = from === undefined ? 0 : from.posted_microcredits - from.held_microcredits
  const amount = microcredits(Math.min(free, move.microcreditsMax))
  if (amount <= 0) return zeroMicrocredits
  const { outcome } = await postTransfers(
    transaction,
    [
      {
        id: claimTransferId(move.claimedPurchaseId),
        debitAccount: walletAccount(move.fromUserId),
        creditAccount: walletAccount(move.toUserId),
        amountMicrocredits: amount,
        code: 'claim',
        causeId: move.claimedPurchaseId,
      },
    ],
    nowMs,
  )
  assert(outcome === 'posted', `${move.claimedPurchaseId} was claimed before`)
  return amount
}
