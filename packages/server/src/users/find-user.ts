import { newId } from '../kernel/ids.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export async function findUser(db: DatabaseReader, userId: string): Promise<Row<'users'> | null> {
  return (await db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst()) ?? null
}

/** Whether a user is of the live world. */
export async function worldOfUser(db: DatabaseReader, userId: string): Promise<boolean> {
  const row = await db.selectFrom('users').select('livemode').where('id', '=', userId).executeTakeFirstOrThrow()
  return row.livemode === 1
}

/** A user without an e-mail: enough to buy and to spend. @returns the new user's id. */
export async function createGuest(transaction: DatabaseTransaction, livemode: boolean, nowMs: number): Promise<string> {
  const id = newId('usr')
  await transaction
    .insertInto('users')
    .values({ id, livemode: livemode ? 1 : 0, email: null, merged_into_user_id: null, created_at_ms: nowMs })
    .execute()
  return id
}

/** An e-mail in a world: the same person has another user, with another wallet, in the other one. */
export interface AccountName {
  readonly email: string
  readonly livemode: boolean
}

/** The account of a verified e-mail, made at its first use. Two at once end up with the same one. */
export async function findOrCreateAccount(
  transaction: DatabaseTransaction,
  { email, livemode }: AccountName,
  nowMs: number,
): Promise<string> {
  const world = livemode ? 1 : 0
  await transaction
    .insertInto('users')
    .values({ id: newId('usr'), livemode: world, email, merged_into_user_id: null, created_at_ms: nowMs })
    .onConflict((conflict) => conflict.columns(['email', 'livemode']).doNothing())
    .execute()
  const row = await transaction
    .selectFrom('users')
    .select('id')
    .where('email', '=', email)
    .where('livemode', '=', world)
    .executeTakeFirstOrThrow()
  return row.id
}
