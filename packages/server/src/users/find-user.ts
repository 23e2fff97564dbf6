import { newId } from '../kernel/ids.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export async function findUser(db: DatabaseReader, userId: string): Promise<Row<'users'> | null> {
  return (await db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst()) ?? null
}

/** A user without an e-mail: enough to buy and to spend. @returns the new user's id. */
export async function createGuest(transaction: DatabaseTransaction, nowMs: number): Promise<string> {
  const id = newId('usr')
  await transaction
    .insertInto('users')
    .values({ id, email: null, merged_into_user_id: null, created_at_ms: nowMs })
    .execute()
  return id
}

/** The account of a verified e-mail, made at its first use. Two at once end up with the same one. */
export async function findOrCreateAccount(
  transaction: DatabaseTransaction,
  email: string,
  nowMs: number,
): Promise<string> {
  await transaction
    .insertInto('users')
    .values({ id: newId('usr'), email, merged_into_user_id: null, created_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute()
  const row = await transaction.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  return row.id
}
