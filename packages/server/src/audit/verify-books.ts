import { sql } from 'kysely'
import { holderOfParts } from '../ledger/split-hold.ts'
import { type Difference, type LedgerReport, verifyLedger } from '../ledger/verify.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { verifyBatches } from './verify-batches.ts'
import { movesByTransfers, takenByMoves } from './verify-guest-moves.ts'
import { verifyRuns } from './verify-runs.ts'

/** The ledger against itself, and every transfer against what caused it: requests, purchases, refunds, disputes. */
export async function verifyBooks(db: DatabaseReader): Promise<LedgerReport> {
  const ledger = await verifyLedger(db)
  const differences = [
    ...ledger.differences,
    ...(await differ(db, 'request_charge', requestsByTransfers)),
    ...(await differ(db, 'request_parts', requestsByParts)),
    ...(await differ(db, 'request_split', requestsBySplit)),
    ...(await verifyRuns(db)),
    ...(await differ(db, 'request_missed', requestsByHeld)),
    ...(await differ(db, 'request_mark', requestsByMarks)),
    ...(await differ(db, 'usage_day', usageDaysByTransfers)),
    ...(await differ(db, 'request_state', requestsByHolds)),
    ...(await verifyBatches(db)),
    ...(await differ(db, 'request_owner', requestsByOwners)),
    ...(await differ(db, 'world', rowsByWorlds)),
    ...(await differ(db, 'purchase', purchasesByTransfers)),
    ...(await differ(db, 'take_back', takeBacksByTransfers)),
    ...(await differ(db, 'guest_debt', debtsByMerges)),
    ...(await differ(db, 'merged_guest', mergedGuestsByWallets)),
    ...(await differ(db, 'claim', claimsByTransfers)),
    ...(await differ(db, 'guest_move', movesByTransfers)),
    ...(await differ(db, 'guest_move_taken', takenByMoves)),
  ]
  return { ...ledger, ok: differences.length === 0, differences }
}

export type Query = ReturnType<typeof sql<{ id: string; expected: string; actual: string }>>

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

/**
 * The provider got its whole cost, from the user and, for the shortfall, from the operator. The partner got the share on
 * the row. On rows from before migration 004 (null `missed_microcredits`) the operator paid missing shares, too.
 */
const requestsByParts: Query = sql`
  with got as (
    select cause_id,
      sum(case when code in ('usage_cost', 'shortfall_cost') then amount_microcredits else 0 end) as cost,
      sum(case when code in ('usage_share', 'shortfall_share') then amount_microcredits else 0 end) as share,
      sum(case when code = 'shortfall_cost' then amount_microcredits else 0 end) as shortfall,
      sum(case when code = 'shortfall_share' then amount_microcredits else 0 end) as unpaid_share
    from transfers where code like 'usage_%' or code like 'shortfall_%' group by cause_id)
  select requests.id as id,
    'cost ' || requests.provider_cost_microcredits || ', share ' || requests.share_microcredits || ', shortfall ' || requests.shortfall_microcredits
      || ', share that the operator paid 0' as expected,
    'cost ' || coalesce(got.cost, 0) || ', share ' || coalesce(got.share, 0) || ', shortfall ' || coalesce(got.shortfall, 0)
      || ', share that the operator paid ' || coalesce(got.unpaid_share, 0) as actual
  from requests left join got on got.cause_id = requests.id
  where requests.state = 'settled'
    and (requests.provider_cost_microcredits <> coalesce(got.cost, 0) or requests.share_microcredits <> coalesce(got.share, 0)
      or (requests.missed_microcredits is not null
        and (requests.shortfall_microcredits <> coalesce(got.shortfall, 0) or coalesce(got.unpaid_share, 0) <> 0)))`

/**
 * A charge is the cost that the user paid plus share and fee. Both are at most their rates of that cost, and 0 if the cost
 * was not paid in full (gateway.md, Money 3 and 8).
 */
const requestsBySplit: Query = sql`
  with split as (
    select requests.*, provider_cost_microcredits - shortfall_microcredits as paid_cost from requests
    where state = 'settled' and missed_microcredits is not null)
  select id,
    'cost, share and fee of ' || charge_microcredits || ', at ' || share_basis_points || ' and ' || fee_basis_points || ' basis points' as expected,
    'cost ' || paid_cost || ', share ' || share_microcredits || ', fee ' || fee_microcredits || ', shortfall ' || shortfall_microcredits as actual
  from split
  where charge_microcredits <> paid_cost + share_microcredits + fee_microcredits
    or share_microcredits > paid_cost * share_basis_points / 10000 or fee_microcredits > paid_cost * fee_basis_points / 10000
    or (shortfall_microcredits > 0 and share_microcredits + fee_microcredits > 0)`

/** The miss on a row is its cost, share and fee above its hold; no charge is above hold and miss together. */
const requestsByHeld: Query = sql`
  with owed as (
    select requests.*, provider_cost_microcredits + provider_cost_microcredits * share_basis_points / 10000
      + provider_cost_microcredits * fee_basis_points / 10000 as due
    from requests where state = 'settled' and missed_microcredits is not null
  ), judged as (
    select owed.*, case when is_estimated = 0 and due > hold_microcredits then due - hold_microcredits else 0 end as missed from owed)
  select id, 'missed ' || missed || ', paid at most ' || (hold_microcredits + missed) as expected,
    'missed ' || missed_microcredits || ', paid ' || charge_microcredits as actual
  from judged
  where missed_microcredits <> missed or charge_microcredits > hold_microcredits + missed or over_budget_microcredits > missed`

/** The user of a call above its hold is marked, or an operator has cleared the mark since. */
const requestsByMarks: Query = sql`
  select requests.id as id, 'a mark on ' || users.id as expected, 'none since ' || coalesce(users.mark_cleared_at_ms, 0) as actual
  from requests join users on users.id = requests.user_id
  where requests.missed_microcredits > 0 and users.marked_at_ms is null
    and coalesce(users.mark_cleared_at_ms, 0) < requests.ended_at_ms`

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
  select holds.id, 'a request', 'none' from holds
  where server_id <> ${sql.lit(holderOfParts)} and not exists (select 1 from requests where requests.id = holds.id)`

/** A request is of a user, by a key, in a partner's app. */
const requestsByOwners: Query = sql`
  select id, 'a user, a key and a partner' as expected, user_id || ', ' || key_id || ', ' || partner_id as actual from requests
  where not exists (select 1 from users where users.id = requests.user_id)
    or not exists (select 1 from keys where keys.id = requests.key_id)
    or not exists (select 1 from partners where partners.id = requests.partner_id)`

/** What has an app and a user is in the world of both; so is a key that it names, and a guest that an account took over. */
const rowsByWorlds: Query = sql`
  select 'test row ' || partners.id as id, 'of an app of the live world' as expected, coalesce(live.id, 'none') as actual
  from partners left join partners as live on live.id = partners.live_partner_id and live.livemode = 1
  where (partners.livemode = 0) <> (partners.live_partner_id is not null) or (partners.livemode = 0 and live.id is null)
  ${joinBelonging('key', sql`select id, livemode, user_id, partner_id, id as key_id from keys where user_id is not null`)}
  ${joinBelonging('purchase', sql`select id, livemode, user_id, partner_id, key_id from purchases`)}
  ${joinBelonging('batch', sql`select id, livemode, user_id, partner_id, key_id from batches`)}
  ${joinBelonging(
    'request',
    sql`select requests.id, keys.livemode, requests.user_id, requests.partner_id, requests.key_id
      from requests join keys on keys.id = requests.key_id`,
  )}
  union all
  select 'restricted key ' || partner_keys.id, 'in the world of ' || partner_keys.partner_id, cast(partner_keys.livemode as text)
  from partner_keys join partners on partners.id = partner_keys.partner_id where partners.livemode <> partner_keys.livemode
  union all
  select 'guest ' || guests.id, 'in the world of ' || users.id, cast(guests.livemode as text)
  from users as guests join users on users.id = guests.merged_into_user_id where users.livemode <> guests.livemode`

function joinBelonging(name: string, rows: ReturnType<typeof sql>) {
  return sql`union all
    select ${sql.lit(`${name} `)} || owned.id, 'livemode ' || owned.livemode,
      'user ' || users.livemode || ', app ' || partners.livemode || ', key ' || keys.livemode
    from (${rows}) as owned join users on users.id = owned.user_id join partners on partners.id = owned.partner_id
      join keys on keys.id = owned.key_id
    where users.livemode <> owned.livemode or partners.livemode <> owned.livemode or keys.livemode <> owned.livemode`
}

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

/** A claim moved credits of a purchase that says who claimed it, and to no one else. */
const claimsByTransfers: Query = sql`
  select transfers.id as id, 'a claimed purchase of ' || transfers.credit_account as expected,
    coalesce('claimed by ' || purchases.claimed_by_user_id, 'not claimed') as actual
  from transfers left join purchases on purchases.id = transfers.cause_id
  where transfers.code = 'claim'
    and (purchases.claimed_by_user_id is null or transfers.credit_account <> 'wallet:' || purchases.claimed_by_user_id
      or transfers.amount_microcredits <= 0)`

/** The operator pays the debt of a guest, once, when the guest is merged; it never reaches an account. */
const debtsByMerges: Query = sql`
  select transfers.id as id, 'the shortfall pays the wallet of a merged guest' as expected,
    transfers.debit_account || ' pays ' || transfers.credit_account as actual
  from transfers left join users on users.id = transfers.cause_id
  where transfers.code = 'guest_debt' and (transfers.debit_account not in ('operator:shortfall', 'test:operator:shortfall') or users.merged_into_user_id is null
    or transfers.credit_account <> 'wallet:' || users.id or transfers.id <> 'guest_debt:' || users.id)`

/** All that a merged guest had, and all that its calls hold, is the account's. */
const mergedGuestsByWallets: Query = sql`
  select users.id as id, 'nothing' as expected,
    wallets.posted_microcredits || ' posted, ' || wallets.held_microcredits || ' held' as actual
  from users join wallets on wallets.user_id = users.id
  where users.merged_into_user_id is not null and (wallets.posted_microcredits <> 0 or wallets.held_microcredits <> 0)`
