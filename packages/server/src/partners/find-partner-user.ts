import type { Pepper } from '../keys/pepper.ts'
import type { Database, DatabaseReader } from '../store/open-database.ts'
import { partnerUserId } from './partner-user.ts'

const batch = 500

/** Gives the users of an app their pseudonyms who have none yet: a trigger adds users, and it cannot make a keyed hash. */
export async function nameUsers(
  { db, pepper }: { readonly db: Database; readonly pepper: Pick<Pepper, 'hash'> },
  partnerId: string,
): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('partner_users')
      .select('user_id')
      .where('partner_id', '=', partnerId)
      .where('public_id', 'is', null)
      .limit(batch)
      .execute()
    for (const { user_id } of rows)
      await db
        .updateTable('partner_users')
        .set({ public_id: partnerUserId(pepper, partnerId, user_id) })
        .where('partner_id', '=', partnerId)
        .where('user_id', '=', user_id)
        .execute()
    if (rows.length < batch) return
  }
}

/** The user of a pseudonym; for a guest who was merged, the account. Null for another app's, as for none. */
export async function findPartnerUser(db: DatabaseReader, partnerId: string, publicId: string): Promise<string | null> {
  const row = await db
    .selectFrom('partner_users')
    .innerJoin('users', 'users.id', 'partner_users.user_id')
    .select(['users.id', 'users.merged_into_user_id'])
    .where('partner_users.partner_id', '=', partnerId)
    .where('partner_users.public_id', '=', publicId)
    .executeTakeFirst()
  return row === undefined ? null : (row.merged_into_user_id ?? row.id)
}
