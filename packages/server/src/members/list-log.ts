import type { PartnerLogEntry } from '@opencredits/protocol'
import { sql } from 'kysely'
import type { ListCursor } from '../lists/cursor.ts'
import { secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { describeAppAct } from './describe-app-act.ts'

/**
 * What was done to an app in both of its worlds, newest first. Only members are named: a user who has left, or never
 * was a member, stays without a name.
 */
export function actsOfApp(
  db: DatabaseReader,
  appId: string,
  { after, limit }: { readonly after: ListCursor | null; readonly limit: number },
) {
  return db
    .selectFrom('audit_log')
    .innerJoin('partners', 'partners.id', 'audit_log.partner_id')
    .leftJoin('partner_members', (join) =>
      join.onRef('partner_members.user_id', '=', 'audit_log.actor_id').on('partner_members.partner_id', '=', appId),
    )
    .leftJoin('users', 'users.id', 'partner_members.user_id')
    .leftJoin('partner_keys', (join) =>
      join
        .onRef('partner_keys.id', '=', 'audit_log.actor_id')
        .onRef('partner_keys.partner_id', '=', 'audit_log.partner_id'),
    )
    .leftJoin('partner_invitations', (join) =>
      join.onRef('partner_invitations.id', '=', 'audit_log.target_id').on('partner_invitations.partner_id', '=', appId),
    )
    .selectAll('audit_log')
    .select(['partners.livemode', 'users.email as member', 'partner_keys.name as key_name'])
    .select('partner_invitations.email as invited')
    .where((of) =>
      of(
        'audit_log.partner_id',
        'in',
        of
          .selectFrom('partners as world')
          .select('world.id')
          .where((world) => world.or([world('world.id', '=', appId), world('world.live_partner_id', '=', appId)])),
      ),
    )
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(audit_log.at_ms, audit_log.id) < (${after?.atMs}, ${after?.id})`),
    )
    .orderBy('audit_log.at_ms', 'desc')
    .orderBy('audit_log.id', 'desc')
    .limit(limit)
    .execute()
}

export type AppActRow = Awaited<ReturnType<typeof actsOfApp>>[number]

export function describeAppLogEntry(row: AppActRow): PartnerLogEntry {
  return {
    id: row.id,
    at: secondsOf(row.at_ms),
    action: row.action,
    summary: describeAppAct(row),
    actor: actorOf(row),
    livemode: row.livemode === 1,
    reason: row.reason,
  }
}

function actorOf(row: AppActRow): PartnerLogEntry['actor'] {
  switch (row.actor_kind) {
    case 'user':
      return row.member === null ? { kind: 'former_member', name: null } : { kind: 'member', name: row.member }
    case 'partner':
      return { kind: 'key', name: row.key_name }
    case 'cli':
    case 'operator':
      return { kind: 'operator', name: null }
    case 'system':
      return { kind: 'system', name: null }
  }
}
