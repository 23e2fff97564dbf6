import type { DatabaseTransaction } from '../store/open-database.ts'

/** Writes to whom mails about the app go, and whose own use of it earns no share. */
export async function writeOwnerAddress(transaction: DatabaseTransaction, appId: string, email: string): Promise<void> {
  await transaction.updateTable('partners').set({ email }).where('id', '=', appId).execute()
}
