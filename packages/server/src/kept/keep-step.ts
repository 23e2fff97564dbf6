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

type ResponseRow = SealedResponse & { readonly user_id: string }

/** Writes what is to be kept, and makes room for it in the same transaction: no user ever has more than may be. */
export function keepingWithin(bytesMax: number): Step<SealedResponse, boolean> {
  return {
    async run(session, inputs) {
      const rows = await withUsers(session, inputs)
      const { rows: written } = await insertResponses.run(session, rows)
      const isWritten = new Set(written.map(placeOf))
      const kept = rows.filter((row) => isWritten.delete(placeOf(row)))
      await insertItems.run(session, kept.flatMap(itemsOf))
      for (const { user_id: userId, bytes } of await changeBytes(session, bytesByUser(kept)))
        if (bytes > bytesMax) await makeRoom(session, { userId, bytes, bytesMax })
      const places = new Set(kept.map(placeOf))
      return inputs.map((input) => places.has(placeOf(input)))
    },
  }
}

/** The user is the key's at this moment: a guest may have signed in while its call ran. A revoked key keeps nothing more. */
async function withUsers(session: Session, inputs: readonly SealedResponse[]): Promise<readonly ResponseRow[]> {
  const keyIds = [...new Set(inputs.map(({ key_id: keyId }) => keyId))]
  const { rows } = await usersOfKeys.run(
    session,
    keyIds.map((id) => ({ id })),
  )
  const users = new Map(rows.map(({ id, user_id: userId }) => [id, userId]))
  return inputs.flatMap((input) => {
    const userId = users.get(input.key_id)
    return userId === undefined ? [] : [{ ...input, user_id: userId }]
  })
}

function itemsOf(row: SealedResponse) {
  const ids: unknown = JSON.parse(row.item_ids)
  return (Array.isArray(ids) ? ids : []).map((id: unknown) => ({
    key_id: row.key_id,
    item_id: String(id),
    response_id: row.response_id,
  }))
}

function bytesByUser(rows: readonly ResponseRow[]): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>()
  for (const row of rows) bytes.set(row.user_id, (bytes.get(row.user_id) ?? 0) + row.output_bytes + row.rest_bytes)
  return bytes
}

function placeOf(row: Pick<SealedResponse, 'key_id' | 'response_id'>): string {
  return `${row.key_id} ${row.response_id}`
}

const usersOfKeys = statement<{ readonly id: string }, { readonly id: string; readonly user_id: string }>(
  { id: 'text' },
  ({ asked, and }) =>
    `select keys.id, keys.user_id from keys${and} where keys.id = ${asked.id} and keys.revoked_at_ms is null`,
)

const insertResponses = statement<ResponseRow, Pick<SealedResponse, 'key_id' | 'response_id'>>(
  {
    ...{ key_id: 'text', response_id: 'text', user_id: 'text', previous_id: 'text', item_ids: 'text' },
    ...{ nodes: 'bigint', output: 'text', output_bytes: 'bigint', rest: 'text', rest_bytes: 'bigint' },
    created_at_ms: 'bigint',
  },
  ({ values }) =>
    `insert into kept_responses (key_id, response_id, user_id, previous_id, item_ids, nodes, output, output_bytes,
       rest, rest_bytes, created_at_ms) ${values} on conflict do nothing returning key_id, response_id`,
)

const insertItems = statement<{ readonly key_id: string; readonly item_id: string; readonly response_id: string }>(
  { key_id: 'text', item_id: 'text', response_id: 'text' },
  ({ values }) => `insert into kept_items (key_id, item_id, response_id) ${values} on conflict do nothing`,
)
