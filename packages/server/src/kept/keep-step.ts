import type { Session } from '../store/statement.ts'
import { statement } from '../store/statement.ts'
import type { Step } from '../store/step.ts'
import { makeRoom } from './make-room.ts'
import { changeBytes } from './remove-rows.ts'

/** A response, sealed, as its row is written. */
export interface SealedResponse {
  readonly key_id: string
  readonly response_id: string
  readonly previous_id: string | null
  readonly item_ids: string
  readonly nodes: number
  readonly output: string
  readonly output_bytes: number
  readonly rest: string
  readonly rest_bytes: number
  readonly created_at_ms: number
}

/** Writes what is to be kept, and makes room for it in the same transaction: no user ever has more than may be. */
export function keepingWithin(bytesMax: number): Step<SealedResponse, boolean> {
  return {
    async run(session, inputs) {
      const { rows: written } = await insertResponses.run(session, inputs)
      const kept = new Set(written.map(placeOf))
      await insertItems.run(session, inputs.filter((input) => kept.has(placeOf(input))).flatMap(itemsOf))
      const users = await usersOf(session, written)
      const changed = await changeBytes(session, bytesByUser(written, users))
      for (const { user_id: userId, bytes } of changed)
        if (bytes > bytesMax) await makeRoom(session, { userId, bytes, bytesMax })
      return inputs.map((input) => kept.has(placeOf(input)))
    },
  }
}

function itemsOf(row: SealedResponse) {
  const ids: unknown = JSON.parse(row.item_ids)
  return (Array.isArray(ids) ? ids : []).map((id: unknown) => ({
    key_id: row.key_id,
    item_id: String(id),
    response_id: row.response_id,
  }))
}

/** The user is the key's at this moment: a guest may have signed in while its call ran. */
async function usersOf(session: Session, rows: readonly WrittenRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map(({ key_id: id }) => id))].map((id) => ({ id }))
  const { rows: keys } = await usersOfKeys.run(session, ids)
  return new Map(keys.map(({ id, user_id: userId }) => [id, userId]))
}

function bytesByUser(rows: readonly WrittenRow[], users: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>()
  for (const row of rows) {
    const userId = users.get(row.key_id)
    if (userId !== undefined) bytes.set(userId, (bytes.get(userId) ?? 0) + row.output_bytes + row.rest_bytes)
  }
  return bytes
}

function placeOf(row: Pick<SealedResponse, 'key_id' | 'response_id'>): string {
  return `${row.key_id} ${row.response_id}`
}

type WrittenRow = Pick<SealedResponse, 'key_id' | 'response_id' | 'output_bytes' | 'rest_bytes'>

const usersOfKeys = statement<{ readonly id: string }, { readonly id: string; readonly user_id: string }>(
  { id: 'text' },
  ({ asked, and }) => `select keys.id, keys.user_id from keys${and} where keys.id = ${asked.id}`,
)

/** A key that was revoked while its call ran keeps nothing more. */
const insertResponses = statement<SealedResponse, WrittenRow>(
  {
    ...{ key_id: 'text', response_id: 'text', previous_id: 'text', item_ids: 'text', nodes: 'bigint' },
    ...{ output: 'text', output_bytes: 'bigint', rest: 'text', rest_bytes: 'bigint', created_at_ms: 'bigint' },
  },
  ({ asked, and }) =>
    `insert into kept_responses (key_id, response_id, previous_id, item_ids, nodes, output, output_bytes, rest,
       rest_bytes, created_at_ms)
     select keys.id, ${asked.response_id}, ${asked.previous_id}, ${asked.item_ids}, ${asked.nodes}, ${asked.output},
       ${asked.output_bytes}, ${asked.rest}, ${asked.rest_bytes}, ${asked.created_at_ms}
     from keys${and} where keys.id = ${asked.key_id} and keys.revoked_at_ms is null
     on conflict do nothing returning key_id, response_id, output_bytes, rest_bytes`,
)

const insertItems = statement<{ readonly key_id: string; readonly item_id: string; readonly response_id: string }>(
  { key_id: 'text', item_id: 'text', response_id: 'text' },
  ({ values }) => `insert into kept_items (key_id, item_id, response_id) ${values} on conflict do nothing`,
)
