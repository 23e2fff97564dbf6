import type { AccountLogEntry } from '@opencredits/protocol'
import { sql } from 'kysely'
import type { ListCursor } from '../lists/cursor.ts'
import { secondsOf } from '../lists/formats.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type ActNames, describeAct } from './describe-act.ts'
import { readNames } from './read-names.ts'

export type ActRow = Row<'audit_log'>

/** What was done with a user's money, keys and access, newest first. */
export function actsOf(
  db: DatabaseReader,
  userId: string,
  page: { readonly after: ListCursor | null; readonly limit: number },
): Promise<readonly ActRow[]> {
  const { after } = page
  return db
    .selectFrom('audit_log')
    .selectAll()
    .where('user_id', '=', userId)
    .$if(after !== null, (query) => query.where(sql<boolean>`(at_ms, id) < (${after?.atMs}, ${after?.id})`))
    .orderBy('at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
}

/** Names of the apps and keys that acts are about. */
export function namesOfActs(db: DatabaseReader, rows: readonly ActRow[]): Promise<ActNames> {
  const idsOf = (kind: string) => rows.filter((row) => row.target_kind === kind).map((row) => row.target_id)
  return readNames(db, { partnerIds: idsOf('app'), keyIds: idsOf('key') })
}

export function describeLogEntry(row: ActRow, names: ActNames): AccountLogEntry {
  const isOperators = row.actor_kind === 'operator' || row.actor_kind === 'cli'
  return {
    id: row.id,
    at: secondsOf(row.at_ms),
    action: row.action,
    summary: describeAct(row, names),
    actor: row.actor_kind === 'user' ? 'you' : isOperators ? 'operator' : 'system',
    address: row.address,
  }
}
