import type { AccountUsage, UsageGrouping } from '@opencredits/protocol'
import { type RawBuilder, sql } from 'kysely'
import { olderKeyId } from '../credits/list-requests.ts'
import { creditsOf } from '../lists/formats.ts'
import type { Period } from '../lists/period.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { type KeyName, readNames } from './read-names.ts'

/** Sums of a group of calls. */
interface GroupRow {
  readonly group: string
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly charge: number
  readonly provider_cost: number
  readonly share: number
  readonly fee: number
}

export interface UsageDeps {
  readonly db: DatabaseReader
  readonly modelName: (modelId: string) => string
}

/**
 * What a user's calls cost in a period: each call on the day on which it ended, which is when its transfers were made, so
 * that the sums are the ledger's. Old calls are kept as sums of UTC days and count on the date of the same name.
 */
export async function readUsage(
  deps: UsageDeps,
  userId: string,
  asked: { readonly period: Period; readonly grouping: UsageGrouping },
): Promise<AccountUsage> {
  const { period, grouping } = asked
  const live = await callsQuery(userId, period, grouping).execute(deps.db)
  const older = await olderCallsQuery(userId, period, grouping).execute(deps.db)
  // A chart shows the days without calls, too.
  const days = grouping === 'day' ? period.days.map(({ date }) => emptyGroup(date)) : []
  const groups = addUp([...days, ...live.rows, ...older.rows.map((row) => inGroup(row, grouping))])
  const labelOf = await labelsOf(
    deps,
    grouping,
    groups.map(({ group }) => group),
  )
  const byCharge = (one: GroupRow, other: GroupRow) => other.charge - one.charge || (one.group < other.group ? -1 : 1)
  return {
    ...{ from: period.from, to: period.to, time_zone: period.timeZone, group_by: grouping },
    data: (grouping === 'day' ? groups : groups.toSorted(byCharge)).map((row) => ({
      ...{ group: row.group, label: labelOf(row.group), calls: row.calls },
      ...{ input_tokens: row.input_tokens, output_tokens: row.output_tokens },
      charge: creditsOf(row.charge),
      provider_cost: creditsOf(row.provider_cost),
      referral_share: creditsOf(row.share),
      fee: creditsOf(row.fee),
    })),
    total: {
      calls: groups.reduce((total, row) => total + row.calls, 0),
      charge: creditsOf(groups.reduce((total, row) => total + row.charge, 0)),
      older_calls: older.rows.reduce((total, row) => total + Number(row.calls), 0),
    },
  }
}

const sumOf = (expression: RawBuilder<unknown>) => sql`cast(coalesce(sum(${expression}), 0) as bigint)`
const inputTokens = sql`coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
  + coalesce(cache_write_1h_tokens, 0)`

/** Reads the calls of the period by their index, day by day where days are asked for. */
export function callsQuery(userId: string, period: Period, grouping: UsageGrouping): RawBuilder<GroupRow> {
  const group = { day: sql`days.date`, model: sql`model`, app: sql`partner_id`, key: sql`key_id` }[grouping]
  const sums = sql`count(*) as calls, ${sumOf(inputTokens)} as input_tokens, ${sumOf(sql`output_tokens`)} as output_tokens,
    ${sumOf(sql`charge_microcredits`)} as charge, ${sumOf(sql`provider_cost_microcredits`)} as provider_cost,
    ${sumOf(sql`share_microcredits`)} as share, ${sumOf(sql`fee_microcredits`)} as fee`
  const ofUser = sql`requests.user_id = ${userId} and requests.state = 'settled'`
  if (grouping !== 'day')
    return sql<GroupRow>`select ${group} as "group", ${sums} from requests
      where ${ofUser} and ended_at_ms >= ${period.startMs} and ended_at_ms < ${period.endMs} group by ${group}`
  const days = period.days.map(
    ({ date, startMs, endMs }) => sql`(cast(${date} as text), cast(${startMs} as bigint), cast(${endMs} as bigint))`,
  )
  return sql<GroupRow>`with days (date, start_ms, end_ms) as (values ${sql.join(days)})
    select ${group} as "group", ${sums} from days cross join requests
    where ${ofUser} and ended_at_ms >= days.start_ms and ended_at_ms < days.end_ms group by ${group}`
}

export function olderCallsQuery(userId: string, period: Period, grouping: UsageGrouping): RawBuilder<GroupRow> {
  const group = { day: sql`day_ms`, model: sql`model`, app: sql`partner_id`, key: sql`user_id` }[grouping]
  return sql<GroupRow>`select cast(${group} as text) as "group", ${sumOf(sql`calls`)} as calls,
      ${sumOf(sql`input_tokens`)} as input_tokens, ${sumOf(sql`output_tokens`)} as output_tokens,
      ${sumOf(sql`charge_microcredits`)} as charge, ${sumOf(sql`provider_cost_microcredits`)} as provider_cost,
      ${sumOf(sql`share_microcredits`)} as share, ${sumOf(sql`fee_microcredits`)} as fee
    from usage_days where user_id = ${userId} and day_ms >= ${period.utcStartMs} and day_ms < ${period.utcEndMs} group by ${group}`
}

function inGroup(row: GroupRow, grouping: UsageGrouping): GroupRow {
  if (grouping === 'key') return { ...row, group: olderKeyId }
  return grouping === 'day' ? { ...row, group: new Date(Number(row.group)).toISOString().slice(0, 10) } : row
}

const sumColumns = ['calls', 'input_tokens', 'output_tokens', 'charge', 'provider_cost', 'share', 'fee'] as const

/** One row a group, in the order in which groups appear first. */
function addUp(rows: readonly GroupRow[]): readonly GroupRow[] {
  const groups = new Map<string, GroupRow>()
  for (const row of rows) {
    const known = groups.get(row.group) ?? emptyGroup(row.group)
    const sums = Object.fromEntries(sumColumns.map((column) => [column, known[column] + Number(row[column])]))
    groups.set(row.group, { ...known, ...sums })
  }
  return [...groups.values()]
}

function emptyGroup(group: string): GroupRow {
  return { group, calls: 0, input_tokens: 0, output_tokens: 0, charge: 0, provider_cost: 0, share: 0, fee: 0 }
}

async function labelsOf(
  { db, modelName }: UsageDeps,
  grouping: UsageGrouping,
  groups: readonly string[],
): Promise<(group: string) => string> {
  if (grouping === 'day') return (group) => group
  if (grouping === 'model') return modelName
  const isByApp = grouping === 'app'
  const names = await readNames(db, { partnerIds: isByApp ? groups : [], keyIds: isByApp ? [] : groups })
  return isByApp ? names.app : (group) => labelOfKey(names.key(group))
}

function labelOfKey({ name, lastFour }: KeyName): string {
  return name ?? `oc_sk_…${lastFour}`
}
