import { assert } from '../kernel/assert.ts'
import { handOverKeys } from '../keys/hand-over-keys.ts'
import { mergedBudgetId, moveWallet } from '../ledger/move-wallet.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { worldOfUser } from './find-user.ts'
import { recordGuestMove } from './guest-move.ts'
import { moveMark } from './mark-users.ts'
import { moveFiles } from './move-files.ts'

/**
 * Moves everything of a guest to the account that it signed in to: the wallet in the ledger, keys, purchases, calls, files, the mark.
 * The guest's keys keep working, so that a page that holds one is not cut off; together they spend what the guest brought
 * along, and nothing else of the account.
 * @returns false when the guest was merged before, was erased, is of the other world, or is no guest.
 */
export async function mergeGuest(
  transaction: DatabaseTransaction,
  merge: {
    readonly guestUserId: string
    readonly accountUserId: string
    /** The purchase by which an account claimed the guest's wallet, where it did not sign in with the guest's key. */
    readonly claimedPurchaseId?: string | undefined
  },
  nowMs: number,
): Promise<boolean> {
  assert(merge.guestUserId !== merge.accountUserId, 'a guest is not its own account')
  const livemode = await worldOfUser(transaction, merge.accountUserId)
  const { numUpdatedRows } = await transaction
    .updateTable('users')
    .set({ merged_into_user_id: merge.accountUserId })
    .where('id', '=', merge.guestUserId)
    .where('livemode', '=', livemode ? 1 : 0)
    .where('email', 'is', null)
    .where('merged_into_user_id', 'is', null)
    // Who was erased has no address either, and another server may know a key of theirs for a moment longer.
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return false
  const { claimedPurchaseId } = merge
  const move = { fromUserId: merge.guestUserId, toUserId: merge.accountUserId, livemode, claimedPurchaseId }
  const { broughtMicrocredits, postedMicrocredits } = await moveWallet(transaction, move, nowMs)
  const { guestUserId, accountUserId } = merge
  const moved = { id: mergedBudgetId(guestUserId), guestUserId, accountUserId, postedMicrocredits }
  await recordGuestMove(transaction, moved)
  await handOverKeys(transaction, { guestUserId, accountUserId, broughtMicrocredits }, nowMs)
  await moveMark(transaction, { fromUserId: merge.guestUserId, toUserId: merge.accountUserId })
  await moveKeptBytes(transaction, merge)
  await moveFiles(transaction, merge)
  for (const table of ['purchases', 'requests', 'usage_days'] as const) {
    await transaction
      .updateTable(table)
      .set({ user_id: merge.accountUserId })
      .where('user_id', '=', merge.guestUserId)
      .execute()
  }
  return true
}

/** What the guest's keys have kept counts for the account from then on; where that is too much, its next write makes room. */
async function moveKeptBytes(
  transaction: DatabaseTransaction,
  { guestUserId, accountUserId }: { readonly guestUserId: string; readonly accountUserId: string },
): Promise<void> {
  const guest = await transaction
    .deleteFrom('kept_bytes')
    .where('user_id', '=', guestUserId)
    .returning('bytes')
    .executeTakeFirst()
  if (guest === undefined || guest.bytes === 0) return
  await transaction
    .insertInto('kept_bytes')
    .values({ user_id: accountUserId, bytes: guest.bytes })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet((row) => ({ bytes: row('kept_bytes.bytes', '+', guest.bytes) })),
    )
    .execute()
}
