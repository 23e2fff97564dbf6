import { type RawBuilder, sql } from 'kysely'
import type { Period } from '../lists/period.ts'
import { readRollUpMark } from '../partners/roll-up-calls.ts'
import type { DatabaseReader } from '../store/open-database.ts'

interface ConversionRow {
  readonly opened: number
  readonly paid: number
  readonly called: number
}

/** How many users began a checkout in a period, how many of them paid for one, and how many of these have called since. */
export async function readConversion(db: DatabaseReader, partnerId: string, period: Period) {
  const { rows } = await conversionQuery(partnerId, period, await readRollUpMark(db)).execute(db)
  const { opened = 0, paid = 0, called = 0 } = rows[0] ?? {}
  return { opened: Number(opened), paid: Number(paid), called: Number(called) }
}

export function conversionQuery(
  partnerId: string,
  period: Pick<Period, 'startMs' | 'endMs'>,
  markMs: number,
): RawBuilder<ConversionRow> {
  return sql<ConversionRow>`
    with buyers as (
      select user_id, max(case when status = 'complete' then 1 else 0 end) as has_paid from purchases
      where partner_id = ${partnerId} and created_at_ms >= ${period.startMs} and created_at_ms < ${period.endMs}
      group by user_id)
    select count(*) as opened, coalesce(sum(has_paid), 0) as paid,
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
