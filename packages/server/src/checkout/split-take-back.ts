import { microcredits } from '../kernel/microcredits.ts'
import { raiseMergedKeys } from '../keys/raise-budget.ts'
import { type AccountId, operatorAccount, walletAccount } from '../ledger/chart-of-accounts.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { countTakenBack } from '../users/guest-move.ts'
import type { Purchase } from './find-purchase.ts'

/** Who bears a part of what is taken back; below zero: who gets it back. */
export interface TakeBackPart {
  readonly account: AccountId
  readonly changeMicrocredits: number
  /** Distinguishes the transfers of one change. */
  readonly suffix: '' | ':guest'
}

/**
 * Says whose credits a refund or dispute takes, or gives back. An account bears a guest's purchases with what came along
 * and no more, as if the guest's wallet were still its own: what the guest had spent before is the guest's debt, and the
 * operator's where the guest has no wallet any more.
 */
export async function splitTakeBack(
  transaction: DatabaseTransaction,
  purchase: Purchase,
  changeMicrocredits: number,
): Promise<readonly TakeBackPart[]> {
  const owner = walletAccount(purchase.user_id)
  if (purchase.guest_move_id === null) return [{ account: owner, changeMicrocredits, suffix: '' }]
  const taken = { moveId: purchase.guest_move_id, byMicrocredits: changeMicrocredits }
  const move = await countTakenBack(transaction, taken)
  const leftAfter = Math.max(0, move.posted_microcredits - move.taken_back_microcredits)
  const leftBefore = Math.max(0, move.posted_microcredits - move.taken_back_microcredits + changeMicrocredits)
  const ofAccount = leftBefore - leftAfter
  if (ofAccount !== 0)
    await raiseMergedKeys(transaction, { budgetId: move.id, byMicrocredits: microcredits(-ofAccount) })
  const parts: readonly TakeBackPart[] = [
    { account: owner, changeMicrocredits: ofAccount, suffix: '' },
    {
      account: await guestAccount(transaction, move.guest_user_id),
      changeMicrocredits: changeMicrocredits - ofAccount,
      suffix: ':guest',
    },
  ]
  return parts.filter((part) => part.changeMicrocredits !== 0)
}

/** A write that changes nothing: the guest is not merged in between. */
async function guestAccount(transaction: DatabaseTransaction, guestUserId: string): Promise<AccountId> {
  const guest = await transaction
    .updateTable('users')
    .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
    .where('id', '=', guestUserId)
    .returning(['merged_into_user_id', 'livemode'])
    .executeTakeFirstOrThrow()
  if (guest.merged_into_user_id === null) return walletAccount(guestUserId)
  return operatorAccount('operator:shortfall', guest.livemode === 1)
}
