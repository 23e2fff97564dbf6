import { type MemberApp, memberPermissions } from '@opencredits/protocol'
import { secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** The apps of which a user is a member, by name. */
export async function listApps(db: DatabaseReader, userId: string): Promise<readonly MemberApp[]> {
  const rows = await db
    .selectFrom('partner_members')
    .innerJoin('partners', 'partners.id', 'partner_members.partner_id')
    .leftJoin('partners as twin', 'twin.live_partner_id', 'partners.id')
    .selectAll('partners')
    .select(['partner_members.role', 'twin.publishable_key as test_publishable_key'])
    .where('partner_members.user_id', '=', userId)
    .orderBy('partners.name')
    .orderBy('partners.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    website: row.website,
    logo_url: row.logo_url,
    role: row.role,
    permissions: memberPermissions[row.role],
    state: row.state,
    state_reason: row.state_reason,
    publishable_key: row.publishable_key,
    test_publishable_key: row.test_publishable_key,
    created_at: secondsOf(row.created_at_ms),
  }))
}
