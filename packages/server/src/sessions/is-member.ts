import { type Expression, sql } from 'kysely'
import type { DatabaseReader } from '../store/open-database.ts'

/** Whether a user is a member of any app. SQLite answers with a number. */
export function isMemberSql(userId: Expression<string>) {
  return sql<boolean | number>`exists (select 1 from partner_members where partner_members.user_id = ${userId})`
}

/** The same of one user. */
export async function isMemberOfAny(db: DatabaseReader, userId: string): Promise<boolean> {
  const query = db.selectFrom('partner_members').select('user_id').where('user_id', '=', userId)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}
