import type { Session } from '../store/statement.ts'
import { statement } from '../store/statement.ts'

/** A row that is to go, and what goes with it. */
export interface KeptRow {
  readonly key_id: string
  readonly response_id: string
  readonly user_id: string
  readonly item_ids: string
  readonly output_bytes: number
  readonly rest_bytes: number
}

/** Takes responses away with the ids of their items. @returns the bytes that became free, by user. */
export async function removeRows(session: Session, rows: readonly KeptRow[]): Promise<ReadonlyMap<string, number>> {
  const { rows: deleted } = await deleteResponses.run(session, rows.map(placeOf))
  const freed = new Map<string, number>()
  const users = new Map(rows.map((row) => [row.key_id, row.user_id]))
  for (const row of deleted) {
    const userId = users.get(row.key_id) ?? ''
    freed.set(userId, (freed.get(userId) ?? 0) + row.output_bytes + row.rest_bytes)
  }
  const items = deleted.flatMap((row) => {
    const ids: unknown = JSON.parse(row.item_ids)
    return (Array.isArray(ids) ? ids : []).map((id: unknown) => ({
      key_id: row.key_id,
      item_id: String(id),
      response_id: row.response_id,
    }))
  })
  await deleteItems.run(session, items)
  return freed
}

/** Counts bytes in, or out where they are negative. Users are locked in the order of their ids. */
export async function changeBytes(
  session: Session,
  byUser: ReadonlyMap<string, number>,
): Promise<readonly { readonly user_id: string; readonly bytes: number }[]> {
  const changes = [...byUser].map(([userId, bytes]) => ({ user_id: userId, bytes }))
  changes.sort((one, other) => (one.user_id < other.user_id ? -1 : 1))
  return (await countBytes.run(session, changes)).rows
}

/** What became free, as a change. */
export function negative(byUser: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...byUser].map(([userId, bytes]) => [userId, -bytes]))
}

function placeOf({ key_id, response_id }: KeptRow) {
  return { key_id, response_id }
}

const deleteResponses = statement<Pick<KeptRow, 'key_id' | 'response_id'>, Omit<KeptRow, 'user_id'>>(
  { key_id: 'text', response_id: 'text' },
  ({ asked, using }) =>
    `delete from kept_responses ${using}
     where kept_responses.key_id = ${asked.key_id} and kept_responses.response_id = ${asked.response_id}
     returning kept_responses.key_id, kept_responses.response_id, item_ids, output_bytes, rest_bytes`,
)

const deleteItems = statement<{ readonly key_id: string; readonly item_id: string; readonly response_id: string }>(
  { key_id: 'text', item_id: 'text', response_id: 'text' },
  ({ asked, using }) =>
    `delete from kept_items ${using} where kept_items.key_id = ${asked.key_id}
     and kept_items.item_id = ${asked.item_id} and kept_items.response_id = ${asked.response_id}`,
)

const countBytes = statement<
  { readonly user_id: string; readonly bytes: number },
  { readonly user_id: string; readonly bytes: number }
>(
  { user_id: 'text', bytes: 'bigint' },
  ({ values }) =>
    `insert into kept_bytes (user_id, bytes) ${values}
     on conflict (user_id) do update set bytes = kept_bytes.bytes + excluded.bytes returning user_id, bytes`,
)
