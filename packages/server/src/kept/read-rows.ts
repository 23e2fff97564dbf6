import { sql } from 'kysely'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

interface Wanted {
  readonly keyId: string
  readonly responseId: string
  /** What is older has had its time. */
  readonly sinceMs: number
}

/** A response whose input is still there. */
export function readWhole(db: DatabaseReader, { keyId, responseId, sinceMs }: Wanted) {
  return db
    .selectFrom('kept_responses')
    .selectAll()
    .where('key_id', '=', keyId)
    .where('response_id', '=', responseId)
    .where('created_at_ms', '>', sinceMs)
    .where('rest', 'is not', null)
    .executeTakeFirst()
}

export function readResponses(
  db: DatabaseReader,
  { keyId, responseIds }: { readonly keyId: string; readonly responseIds: readonly string[] },
): Promise<readonly Row<'kept_responses'>[]> {
  return db
    .selectFrom('kept_responses')
    .selectAll()
    .where('key_id', '=', keyId)
    .where('response_id', 'in', responseIds)
    .execute()
}

type Link = Pick<Row<'kept_responses'>, 'response_id' | 'previous_id' | 'output_bytes' | 'rest_bytes' | 'nodes'> & {
  /** 0 where its input had to make room. */
  readonly is_whole: number
}

/** Longer than any conversation, should rows ever lead in a circle. */
const linksMax = 10_000

/** A response and those that it continues, the newest first: sizes only. */
export async function readChain(db: DatabaseReader, { keyId, responseId, sinceMs }: Wanted): Promise<readonly Link[]> {
  const { rows } = await sql<Link>`
    with recursive chain (response_id, previous_id, output_bytes, rest_bytes, nodes, is_whole, place) as (
      select response_id, previous_id, output_bytes, rest_bytes, nodes,
          case when rest is null then 0 else 1 end, 0
        from kept_responses
        where key_id = ${keyId} and response_id = ${responseId} and created_at_ms > ${sinceMs}
      union all
      select earlier.response_id, earlier.previous_id, earlier.output_bytes, earlier.rest_bytes, earlier.nodes,
          case when earlier.rest is null then 0 else 1 end, chain.place + 1
        from chain join kept_responses earlier
          on earlier.key_id = ${keyId} and earlier.response_id = chain.previous_id
        where earlier.created_at_ms > ${sinceMs} and chain.place < ${linksMax}
    )
    select response_id, previous_id, output_bytes, rest_bytes, nodes, is_whole from chain order by place`.execute(db)
  return rows
}

/** What a statement may name at once. */
const namedMax = 500

type ItemPlace = Pick<Row<'kept_responses'>, 'response_id' | 'output_bytes'> & Pick<Row<'kept_items'>, 'item_id'>

/** In which responses items are, and how large their outputs are. */
export async function readItemPlaces(
  db: DatabaseReader,
  { keyId, ids, sinceMs }: { readonly keyId: string; readonly ids: readonly string[]; readonly sinceMs: number },
): Promise<readonly ItemPlace[]> {
  const places: ItemPlace[] = []
  for (let from = 0; from < ids.length; from += namedMax) {
    const found = await db
      .selectFrom('kept_items')
      .innerJoin('kept_responses', (join) =>
        join
          .onRef('kept_responses.key_id', '=', 'kept_items.key_id')
          .onRef('kept_responses.response_id', '=', 'kept_items.response_id'),
      )
      .select(['kept_items.item_id', 'kept_responses.response_id', 'kept_responses.output_bytes'])
      .where('kept_items.key_id', '=', keyId)
      .where('kept_items.item_id', 'in', ids.slice(from, from + namedMax))
      .where('kept_responses.created_at_ms', '>', sinceMs)
      .execute()
    places.push(...found)
  }
  return places
}

export async function readOutputs(
  db: DatabaseReader,
  { keyId, responseIds }: { readonly keyId: string; readonly responseIds: readonly string[] },
): Promise<readonly Pick<Row<'kept_responses'>, 'key_id' | 'response_id' | 'output'>[]> {
  const outputs: Pick<Row<'kept_responses'>, 'key_id' | 'response_id' | 'output'>[] = []
  for (let from = 0; from < responseIds.length; from += namedMax) {
    const found = await db
      .selectFrom('kept_responses')
      .select(['key_id', 'response_id', 'output'])
      .where('key_id', '=', keyId)
      .where('response_id', 'in', responseIds.slice(from, from + namedMax))
      .execute()
    outputs.push(...found)
  }
  return outputs
}
