import type { DatabaseTransaction } from '../store/open-database.ts'

/** Makes transactions about one user take turns, on either engine, by a write that changes nothing. */
export async function lockUser(transaction: DatabaseTransaction, userId: string): Promise<void> {
  await transaction
    .updateTable('users')
    .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
    .where('id', '=', userId)
    .execute()
}
