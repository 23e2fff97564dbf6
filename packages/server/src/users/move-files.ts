import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * A merged guest's files become the account's, with the keys that seal them. Where the account has too much then, it keeps
 * what it has and adds nothing.
 */
export async function moveFiles(
  transaction: DatabaseTransaction,
  { guestUserId, accountUserId }: { readonly guestUserId: string; readonly accountUserId: string },
): Promise<void> {
  // The sums first, also where there are none yet: whoever adds a file waits for them, and then finds that the guest is gone.
  await transaction
    .insertInto('file_bytes')
    .values({ user_id: guestUserId, bytes: 0, files: 0, stored_bytes: 0 })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
  const guest = await transaction
    .deleteFrom('file_bytes')
    .where('user_id', '=', guestUserId)
    .returningAll()
    .executeTakeFirst()
  if (guest === undefined) return
  await transaction
    .insertInto('file_bytes')
    .values({ ...guest, user_id: accountUserId })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet((row) => ({
        bytes: row('file_bytes.bytes', '+', guest.bytes),
        files: row('file_bytes.files', '+', guest.files),
        stored_bytes: row('file_bytes.stored_bytes', '+', guest.stored_bytes),
      })),
    )
    .execute()
  for (const table of ['files', 'file_keys'] as const)
    await transaction.updateTable(table).set({ user_id: accountUserId }).where('user_id', '=', guestUserId).execute()
}
