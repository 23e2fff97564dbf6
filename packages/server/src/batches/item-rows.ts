import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type Session, statement } from '../store/statement.ts'
import { holdIdOf } from './batch-ids.ts'

/** How a request of a batch ended, as its row keeps it. */
export type ClosedItem = Pick<Row<'batch_items'>, 'batch_id' | 'position' | 'state' | 'charge_microcredits'>

export const closeItems = statement<ClosedItem>(
  { batch_id: 'text', position: 'bigint', state: 'text', charge_microcredits: 'bigint' },
  ({ asked, from }) =>
    `update batch_items set state = ${asked.state}, charge_microcredits = ${asked.charge_microcredits}
     ${from} where batch_items.batch_id = ${asked.batch_id} and batch_items.position = ${asked.position}`,
)

interface Counted {
  readonly batch: Row<'batches'>
  readonly nowMs: number
  readonly leasedUntilMs: number
}

/** Adds what has ended to the counts of batches. One with nothing left of its hold is settled. */
export async function countItems(
  session: Session,
  batches: readonly Counted[],
  closed: readonly ClosedItem[],
): Promise<void> {
  // By batch: PostgreSQL writes a row once, however often it is asked to in one statement.
  const counts = new Map(batches.map((counted) => [counted.batch.id, countsOf(counted, closed)]))
  await addCounts.run(session, [...counts.values()])
}

function countsOf({ batch, nowMs, leasedUntilMs }: Counted, closed: readonly ClosedItem[]) {
  const own = closed.filter((item) => item.batch_id === batch.id)
  const count = (state: ClosedItem['state']) => own.filter((item) => item.state === state).length
  return {
    ...{ id: batch.id, hold_id: holdIdOf(batch.id), now_ms: nowMs, next_poll_at_ms: leasedUntilMs },
    ...{ succeeded: count('succeeded'), errored: count('errored'), canceled: count('canceled') },
    ...{ expired: count('expired'), missing: count('missing') },
    charge_microcredits: own.reduce((sum, item) => sum + item.charge_microcredits, 0),
  }
}

const addCounts = statement<ReturnType<typeof countsOf>>(
  {
    ...{ id: 'text', hold_id: 'text', now_ms: 'bigint', next_poll_at_ms: 'bigint' },
    ...{ succeeded: 'bigint', errored: 'bigint', canceled: 'bigint', expired: 'bigint', missing: 'bigint' },
    charge_microcredits: 'bigint',
  },
  ({ asked, from }) =>
    `update batches set succeeded = batches.succeeded + ${asked.succeeded},
       errored = batches.errored + ${asked.errored}, canceled = batches.canceled + ${asked.canceled},
       expired = batches.expired + ${asked.expired}, missing = batches.missing + ${asked.missing},
       charge_microcredits = batches.charge_microcredits + ${asked.charge_microcredits},
       next_poll_at_ms = ${asked.next_poll_at_ms},
       settled_at_ms = case when exists (select 1 from holds where holds.id = ${asked.hold_id})
         then batches.settled_at_ms else coalesce(batches.settled_at_ms, ${asked.now_ms}) end
     ${from} where batches.id = ${asked.id}`,
)

/** The requests of a batch that have not ended, by their places. */
export async function openItems(db: DatabaseReader, batchId: string): Promise<Map<number, Row<'batch_items'>>> {
  const rows = await db
    .selectFrom('batch_items')
    .selectAll()
    .where('batch_id', '=', batchId)
    .where('state', '=', 'open')
    .execute()
  return new Map(rows.map((row) => [row.position, row]))
}

/** What its client calls each request of a batch. */
export async function customIdsOf(db: DatabaseReader, batchId: string): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('batch_items')
    .select(['position', 'custom_id'])
    .where('batch_id', '=', batchId)
    .orderBy('position')
    .execute()
  return new Map(rows.map(({ position, custom_id: customId }) => [position, customId]))
}
