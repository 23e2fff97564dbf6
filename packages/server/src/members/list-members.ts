import type { Member } from '@opencredits/protocol'
import { secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** The members of an app, in the order in which they came; for members only, who know each other by address. */
export async function listMembers(db: DatabaseReader, appId: string, ownUserId: string): Promise<readonly Member[]> {
  const rows = await db
    .selectFrom('partner_members')
    .innerJoin('users', 'users.id', 'partner_members.user_id')
    .selectAll('partner_members')
    .select('users.email')
    .where('partner_members.partner_id', '=', appId)
    .orderBy('partner_members.created_at_ms')
    .orderBy('partner_members.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    email: row.email ?? '',
    role: row.role,
    is_you: row.user_id === ownUserId,
    joined_at: secondsOf(row.created_at_ms),
  }))
}
