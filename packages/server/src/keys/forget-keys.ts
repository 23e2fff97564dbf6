import type { DatabaseTransaction } from '../store/open-database.ts'
import { endKeys } from './revoke-key.ts'

/** Ends all keys of a user who is erased, and forgets what they say of a person. @returns how many still worked. */
export async function forgetKeys(transaction: DatabaseTransaction, userId: string, nowMs: number): Promise<number> {
  const ended = await endKeys(transaction, { userId }, nowMs)
  await transaction
    .updateTable('keys')
    .set({ name: null, last_used_address: null, previous_secret_hash: null, previous_secret_until_ms: null })
    .where('user_id', '=', userId)
    .execute()
  return ended
}
