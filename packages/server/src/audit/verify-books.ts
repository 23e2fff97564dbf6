import { sql } from 'kysely'
import { type Difference, type LedgerReport, verifyLedger } from '../ledger/verify.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** The ledger against itself, and every transfer against what caused it: requests, purchases, refunds, disputes. */
export async function verifyBooks(db: DatabaseReader): Promise<LedgerReport> {
  const ledger = await verifyLedger(db)
  const differences = [
    ...ledger.differences,
    ...(await differ(db, 'request_charge', requestsByTransfers)),
    ...(await differ(db, 'request_parts', requestsByParts)),
    ...(await differ(db, 'usage_day', usageDaysByTransfers)),
    ...(await differ(db, 'request_state', requestsByHolds)),
    ...(await differ(db, 'request_owner', requestsByOwners)),
    ...(await differ(db, 'purchase', purchasesByTransfers)),
    ...(await differ(db, 'take_back', takeBacksByTransfers)),
  ]
  return { ...ledger, ok: differences.length === 0, differences }
}

type Query = ReturnType<typeof sql<{ id: string; expected: string; actual: string }>>

async function differ(db: DatabaseReader, kind: string, query: Query): Promise<readonly Difference[]> {
  const { rows } = await query.execute(db)
  return rows.map((row) => ({ kind, id: row.id, expected: String(row.expected), actual: String(row.actual) }))
}

/** What a settled request says that the user paid is what its transfers took from a wallet. */
const requestsByTransfers: Query = sql`
  with paid as (
    select cause_id, sum(amount_microcredits) as total from transfers where code in ('usage_cost', 'usage_share', 'usage_fee') group by cause_id)
  select requests.id as id, cast(coalesce(requests.charge_microcredits, 0) as text) as expected, cast(coalesce(paid.total, 0) as text) as actual
  from requests left join paid on paid.cause_id = requests.id
  where requests.billed_to = 'credits' and coalesce(requests.charge_microcredits, 0) <> coalesce(paid.total, 0)`

/** Provider and partner got their whole part, whoever paid it. */
const requestsByParts: Query = sql`
  with got as (
    select cause_id,
      sum(case when code in ('usage_cost', 'shortfall_cost') then amount_microcredits else 0 end) as cost,
      sum(case when code in ('usage_share', 'shortfall_share') then amount_microcredits else 0 end) as share
    from transfers where code like 'usage_%' or code like 'shortfall_%' group by cause_id)
  select requests.id as id,
    'cost ' || requests.provider_cost_microcredits || ', share ' || requests.share_microcredits as expected,
    'cost ' || coalesce(got.cost, 0) || ', share ' || coalesce(got.share, 0) as actual
  from requests left join got on got.cause_id = requests.id
  where requests.state = 'settled'
    and (requests.provider_cost_microcredits <> coalesce(got.cost, 0) or requests.share_microcredits <> coalesce(got.share, 0))`

/** Transfers of calls that have no row any more are what the days say that were made of those rows; a call without either is found here. */
const usageDaysByTransfers: Query = sql`
  with moved as (
    select created_at_ms - created_at_ms % 86400000 as day_ms,
      sum(case when code like 'usage_%' then amount_microcredits else 0 end) as charge,
      sum(case when code in ('usage_cost', 'shortfall_cost') then amount_microcredits else 0 end) as cost,
      sum(case when code in ('usage_share', 'shortfall_share') then amount_microcredits else 0 end) as share
    from transfers
    where (code like 'usage_%' or code like 'shortfall_%') and not exists (select 1 from requests where requests.id = transfers.cause_id)
    group by created_at_ms - created_at_ms % 86400000
  ), told as (
    select day_ms, sum(charge_microcredits) as charge, sum(provider_cost_microcredits) as cost, sum(share_microcredits) as share
    from usage_days where billed_to = 'credits' group by day_ms)
  select cast(coalesce(told.day_ms, moved.day_ms) as text) as id,
    'charge ' || coalesce(told.charge, 0) || ', cost ' || coalesce(told.cost, 0) || ', share ' || coalesce(told.share, 0) as expected,
    'charge ' || coalesce(moved.charge, 0) || ', cost ' || coalesce(moved.cost, 0) || ', share ' || coalesce(moved.share, 0) as actual
  from told full outer join moved on moved.day_ms = told.day_ms
  where coalesce(told.charge, 0) <> coalesce(moved.charge, 0) or coalesce(told.cost, 0) <> coalesce(moved.cost, 0)
    or coalesce(told.share, 0) <> coalesce(moved.share, 0)`

/** A request that credits pay for has a hold exactly as long as it runs; a pass-through never has one. */
const requestsByHolds: Query = sql`
  select requests.id as id, requests.billed_to || ' ' || requests.state as expected,
    case when holds.id is null then 'no hold' else 'a hold' end as actual
  from requests left join holds on holds.id = requests.id
  where (requests.billed_to = 'credits' and requests.state = 'admitted') <> (holds.id is not null)
    or (requests.billed_to = 'passthrough' and requests.charge_microcredits <> 0)
  union all
  select holds.id, 'a request', 'none' from holds where not exists (select 1 from requests where requests.id = holds.id)`

/** A request is of a user, by a key, in a partner's app. */
const requestsByOwners: Query = sql`
  select id, 'a user, a key and a partner' as expected, user_id || ', ' || key_id || ', ' || partner_id as actual from requests
  where not exists (select 1 from users where users.id = requests.user_id)
    or not exists (select 1 from keys where keys.id = requests.key_id)
    or not exists (select 1 from partners where partners.id = requests.partner_id)`

/** A purchase is complete exactly when its credits were transferred. */
const purchasesByTransfers: Query = sql`
  select purchases.id as id,
    cast(case when purchases.status = 'complete' then purchases.credits_microcredits else 0 end as text) as expected,
    cast(coalesce(transfers.amount_microcredits, 0) as text) as actual
  from purchases left join transfers on transfers.id = 'purchase:' || purchases.id
  where case when purchases.status = 'complete' then purchases.credits_microcredits else 0 end <> coalesce(transfers.amount_microcredits, 0)
  union all
  select transfers.id, 'a purchase', 'none' from transfers left join purchases on purchases.id = transfers.cause_id
  where transfers.code = 'purchase' and purchases.id is null`

/** What a refund or dispute says that it has taken back is what its transfers moved. */
const takeBacksByTransfers: Query = sql`
  with moved as (
    select cause_id, sum(case when code in ('refund', 'dispute') then amount_microcredits else -amount_microcredits end) as total
    from transfers where code in ('refund', 'refund_reversal', 'dispute', 'dispute_reversal') group by cause_id
  ), told as (select id, debited_microcredits from refunds union all select id, debited_microcredits from disputes)
  select coalesce(told.id, moved.cause_id) as id, cast(coalesce(told.debited_microcredits, 0) as text) as expected, cast(coalesce(moved.total, 0) as text) as actual
  from told full outer join moved on moved.cause_id = told.id
  where coalesce(told.debited_microcredits, 0) <> coalesce(moved.total, 0)`
