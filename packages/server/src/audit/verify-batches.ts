import { sql } from 'kysely'
import { holderOfParts } from '../ledger/split-hold.ts'
import type { Difference } from '../ledger/verify.ts'
import type { DatabaseReader } from '../store/open-database.ts'

type Query = ReturnType<typeof sql<{ id: string; expected: string; actual: string }>>

/** Batches against their holds, and against the rows and transfers of their requests. */
export async function verifyBatches(db: DatabaseReader): Promise<readonly Difference[]> {
  const differences: Difference[] = []
  for (const [kind, query] of [
    ['batch_hold', batchesByHolds],
    ['batch_item_part', itemsByParts],
    ['batch_charge', batchesByItems],
    ['batch_item_charge', itemsByTransfers],
  ] as const) {
    const { rows } = await query.execute(db)
    differences.push(...rows.map(({ id, expected, actual }) => ({ kind, id, expected, actual })))
  }
  return differences
}

/** A batch has a hold exactly as long as it is not settled. */
const batchesByHolds: Query = sql`
  select batches.id as id, case when settled_at_ms is null then 'a hold' else 'no hold' end as expected,
    case when holds.id is null then 'no hold' else 'a hold' end as actual
  from batches left join holds on holds.id = 'batch:' || batches.id
  where (settled_at_ms is null) <> (holds.id is not null)
  union all
  select holds.id, 'a batch', 'none' from holds
  where server_id = ${sql.lit(holderOfParts)} and not exists (select 1 from batches where 'batch:' || batches.id = holds.id)`

/** A request of a batch is open as long as its part of the hold is. */
const itemsByParts: Query = sql`
  select batch_id || ' ' || batch_items.position as id, batch_items.state as expected,
    case when hold_parts.hold_id is null then 'no part' else 'a part' end as actual
  from batch_items left join hold_parts
    on hold_parts.hold_id = 'batch:' || batch_id and hold_parts.position = batch_items.position
  where (batch_items.state = 'open') <> (hold_parts.hold_id is not null)`

/** The counts and the charge on a batch's row are the sums of its requests, as long as those are there. */
const batchesByItems: Query = sql`
  with sums as (
    select batch_id, sum(charge_microcredits) as charge, count(*) as items,
      sum(case when state = 'open' then 0 else 1 end) as ended, sum(case when state = 'succeeded' then 1 else 0 end) as succeeded
    from batch_items group by batch_id)
  select batches.id as id,
    'charge ' || sums.charge || ', requests ' || sums.items || ', ended ' || sums.ended || ', succeeded ' || sums.succeeded as expected,
    'charge ' || batches.charge_microcredits || ', requests ' || batches.items || ', ended '
      || (batches.succeeded + errored + canceled + expired + missing) || ', succeeded ' || batches.succeeded as actual
  from batches join sums on sums.batch_id = batches.id
  where sums.charge <> batches.charge_microcredits or sums.items <> batches.items
    or sums.ended <> batches.succeeded + errored + canceled + expired + missing or sums.succeeded <> batches.succeeded`

/** What a request of a batch says that the user paid is what its transfers took: its cause is made of the batch and its place. */
const itemsByTransfers: Query = sql`
  with paid as (
    select cause_id, sum(amount_microcredits) as total from transfers
    where code in ('usage_cost', 'usage_share', 'usage_fee') and cause_id in (
      select 'req_' || substr(batch_id, case when batch_id like 'msgbatch%' then 10 else 7 end) || '_' || position from batch_items)
    group by cause_id)
  select batch_id || ' ' || position as id, cast(charge_microcredits as text) as expected, cast(coalesce(paid.total, 0) as text) as actual
  from batch_items left join paid
    on paid.cause_id = 'req_' || substr(batch_id, case when batch_id like 'msgbatch%' then 10 else 7 end) || '_' || position
  where charge_microcredits <> coalesce(paid.total, 0)`
