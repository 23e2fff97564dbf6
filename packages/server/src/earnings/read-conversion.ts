import type { PartnerFunnel } from '@opencredits/protocol'
import { type RawBuilder, sql } from 'kysely'
import type { Period } from '../lists/period.ts'
import { readRollUpMark } from '../partners/roll-up-calls.ts'
import type { DatabaseReader } from '../store/open-database.ts'

type Span = Pick<Period, 'startMs' | 'endMs'>

/** How many browsers opened the checkout in a period, how many users began to pay, paid, and have called since. */
export async function readConversion(db: DatabaseReader, partnerId: string, period: Span): Promise<PartnerFunnel> {
  const [opens] = (await opensQuery(partnerId, period).execute(db)).rows
  const [buyers] = (await buyersQuery(partnerId, period, await readRollUpMark(db)).execute(db)).rows
  return {
    opened: Number(opens?.opened ?? 0),
    began: Number(buyers?.began ?? 0),
    paid: Number(buyers?.paid ?? 0),
    called: Number(buyers?.called ?? 0),
  }
}

/** When the first opening was counted; null: none was yet. */
export async function readOpenedSince(db: DatabaseReader, partnerId: string): Promise<number | null> {
  const row = await db
    .selectFrom('checkout_opens')
    .select('quarter_ms')
    .where('partner_id', '=', partnerId)
    .orderBy('quarter_ms')
    .limit(1)
    .executeTakeFirst()
  return row?.quarter_ms ?? null
}

export function opensQuery(partnerId: string, { startMs, endMs }: Span): RawBuilder<{ readonly opened: number }> {
  return sql`select cast(coalesce(sum(opens), 0) as bigint) as opened from checkout_opens
    where partner_id = ${partnerId} and quarter_ms >= ${startMs} and quarter_ms < ${endMs}`
}

interface BuyersRow {
  readonly began: number
  readonly paid: number
  readonly called: number
}

export function buyersQuery(partnerId: string, period: Span, markMs: number): RawBuilder<BuyersRow> {
  return sql<BuyersRow>`
    with buyers as (
      select user_id, max(case when status = 'complete' then 1 else 0 end) as has_paid from purchases
      where partner_id = ${partnerId} and created_at_ms >= ${period.startMs} and created_at_ms < ${period.endMs}
      group by user_id)
    select count(*) as began, coalesce(sum(has_paid), 0) as paid,
      coalesce(sum(case when has_paid = 1 and (${hasCalled(partnerId, markMs)}) then 1 else 0 end), 0) as called
    from buyers`
}

/** Calls in the sums, those after them, and the oldest, each by an index. A merged guest's sums stay the guest's. */
function hasCalled(partnerId: string, markMs: number): RawBuilder<unknown> {
  return sql`exists (select 1 from partner_user_days where partner_user_days.user_id = buyers.user_id
      and partner_user_days.partner_id = ${partnerId})
    or exists (select 1 from users join partner_user_days on partner_user_days.user_id = users.id
      where users.merged_into_user_id = buyers.user_id and partner_user_days.partner_id = ${partnerId})
    or buyers.user_id in (select requests.user_id from requests where requests.partner_id = ${partnerId}
      and requests.state = 'settled' and requests.ended_at_ms >= ${markMs})
    or exists (select 1 from usage_days where usage_days.user_id = buyers.user_id and usage_days.partner_id = ${partnerId})`
}
