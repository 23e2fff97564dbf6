import { sql } from 'kysely'
import type { Microcredits } from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export interface GuestMove {
  /** The id of the moved budget, or of a claim's transfer. */
  readonly id: string
  readonly guestUserId: string
  readonly accountUserId: string
  /** Below zero where the guest owed. */
  readonly postedMicrocredits: Microcredits
}

/**
 * Records what came to an account with a guest's paid purchases: refunds and disputes take no more from the account.
 * @param purchaseId the only one that moves; left out: all that the guest still has
 */
export async function recordGuestMove(
  transaction: DatabaseTransaction,
  { id, guestUserId, accountUserId, postedMicrocredits }: GuestMove,
  purchaseId?: string,
): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('purchases')
    .set({ guest_move_id: id })
    .where('user_id', '=', guestUserId)
    .where('status', '=', 'complete')
    .$if(purchaseId !== undefined, (query) => query.where('id', '=', purchaseId ?? ''))
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return
  const owners = { guest_user_id: guestUserId, account_user_id: accountUserId }
  await transaction
    .insertInto('guest_moves')
    .values({ id, ...owners, posted_microcredits: postedMicrocredits, taken_back_microcredits: 0 })
    .execute()
}

/** Counts what a refund or a dispute takes back, below zero what it gives back. @returns the move as it is then, locked */
export function countTakenBack(
  transaction: DatabaseTransaction,
  taken: { readonly moveId: string; readonly byMicrocredits: number },
): Promise<Row<'guest_moves'>> {
  return transaction
    .updateTable('guest_moves')
    .set({ taken_back_microcredits: sql`taken_back_microcredits + ${taken.byMicrocredits}` })
    .where('id', '=', taken.moveId)
    .returningAll()
    .executeTakeFirstOrThrow()
}
