import type { Session } from '../store/statement.ts'
import { statement } from '../store/statement.ts'
import { changeBytes, type KeptRow, negative, removeRows } from './remove-rows.ts'

/** A little more than has to be, so that a user at the limit does not pay for it with every call. */
const roomShare = 0.9
const batch = 200

interface Crowded {
  readonly userId: string
  readonly bytes: number
  readonly bytesMax: number
}

/** What of the room outputs may take together: the rest is for the inputs of the newest. */
const outputsShare = 0.5

/**
 * Takes the oldest away until a user has room again. Outputs stay longer than inputs: agents send their inputs anew with
 * every step, and refer to outputs only. But they do not crowd the newest inputs out.
 */
export async function makeRoom(session: Session, { userId, bytes, bytesMax }: Crowded): Promise<void> {
  const enough = Math.floor(bytesMax * roomShare)
  const wanted = [{ user_id: userId }]
  let left = bytes
  const { rows: sums } = await sumOutputs.run(session, wanted)
  for (let outputs = sums[0]?.bytes ?? 0; outputs > enough * outputsShare; ) {
    const { rows } = await oldest.run(session, wanted)
    const chosen = upTo(rows, outputs - enough * outputsShare, (row) => row.output_bytes)
    if (chosen.length === 0) break
    left -= await book(session, await removeRows(session, chosen))
    outputs -= chosen.reduce((sum, row) => sum + row.output_bytes, 0)
  }
  while (left > enough) {
    const { rows } = await oldestWithRest.run(session, wanted)
    const chosen = upTo(rows, left - enough, (row) => row.rest_bytes)
    if (chosen.length === 0) break
    left -= await forgetRests(session, chosen)
  }
}

/** As many of the first as have so many bytes together. */
function upTo(rows: readonly KeptRow[], bytes: number, bytesOf: (row: KeptRow) => number): readonly KeptRow[] {
  let sum = 0
  const end = rows.findIndex((row) => {
    sum += bytesOf(row)
    return sum >= bytes
  })
  return end === -1 ? rows : rows.slice(0, end + 1)
}

async function forgetRests(session: Session, rows: readonly KeptRow[]): Promise<number> {
  await dropRests.run(
    session,
    rows.map(({ key_id, response_id }) => ({ key_id, response_id })),
  )
  return book(session, sumByUser(rows))
}

async function book(session: Session, freed: ReadonlyMap<string, number>): Promise<number> {
  await changeBytes(session, negative(freed))
  return [...freed.values()].reduce((sum, bytes) => sum + bytes, 0)
}

function sumByUser(rows: readonly KeptRow[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row.user_id, (sums.get(row.user_id) ?? 0) + row.rest_bytes)
  return sums
}

const columns = 'key_id, response_id, keys.user_id, item_ids, output_bytes, rest_bytes'
const ofUser = 'kept_responses.key_id = keys.id and keys.user_id'

const sumOutputs = statement<{ readonly user_id: string }, { readonly bytes: number }>(
  { user_id: 'text' },
  ({ asked, and }) =>
    `select cast(coalesce(sum(output_bytes), 0) as bigint) as bytes from keys, kept_responses${and}
     where ${ofUser} = ${asked.user_id}`,
)

const oldest = statement<{ readonly user_id: string }, KeptRow>(
  { user_id: 'text' },
  ({ asked, and }) =>
    `select ${columns} from keys, kept_responses${and} where ${ofUser} = ${asked.user_id}
     order by kept_responses.created_at_ms limit ${batch}`,
)

const oldestWithRest = statement<{ readonly user_id: string }, KeptRow>(
  { user_id: 'text' },
  ({ asked, and }) =>
    `select ${columns} from keys, kept_responses${and} where ${ofUser} = ${asked.user_id} and rest_bytes > 0
     order by kept_responses.created_at_ms limit ${batch}`,
)

const dropRests = statement<Pick<KeptRow, 'key_id' | 'response_id'>>(
  { key_id: 'text', response_id: 'text' },
  ({ asked, from }) =>
    `update kept_responses set rest = null, rest_bytes = 0 ${from}
     where kept_responses.key_id = ${asked.key_id} and kept_responses.response_id = ${asked.response_id}`,
)
