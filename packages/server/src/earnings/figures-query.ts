import { type RawBuilder, sql } from 'kysely'
import { dayMs } from '../kernel/clock.ts'
import { type CallSumsRow, sumColumns, sumsOfCalls, sumsOfSums } from '../partners/call-sums.ts'
import { quarterMs } from '../partners/roll-up-calls.ts'

/** From one moment to before another. */
export interface FiguresRange {
  readonly startMs: number
  readonly endMs: number
  /** Old calls are kept as sums of UTC days: those that begin in this range belong to it. */
  readonly utcStartMs: number
  readonly utcEndMs: number
}

export type FiguresGrouping = 'day' | 'model' | 'user'

export interface FiguresRow extends CallSumsRow {
  /** `older`: from sums of UTC days. */
  readonly source: 'recent' | 'older'
  /** The start of a quarter of an hour or of a UTC day in ms, a model, or a user (the account that a guest was merged into). */
  readonly group: string
}

export interface FiguresAsked {
  readonly range: FiguresRange
  readonly grouping: FiguresGrouping
  /** As `readRollUpMark` said it before. */
  readonly markMs: number
}

/**
 * Sums of an app's calls: from the roll-ups, from the calls that are not in them yet, and from the days that the oldest calls
 * were folded into. One statement, so that all three are of one moment.
 */
export function figuresQuery(partnerId: string, asked: FiguresAsked): RawBuilder<FiguresRow> {
  const branches = sql.join([...recentBranches(partnerId, asked), olderBranch(partnerId, asked)], sql` union all `)
  if (asked.grouping !== 'user') return sql<FiguresRow>`${branches}`
  return sql<FiguresRow>`select figures.source, coalesce(users.merged_into_user_id, figures."group") as "group",
      ${sql.join(sumColumns.map((name) => sql.ref(`figures.${name}`)))}
    from (${branches}) as figures left join users on users.id = figures."group"`
}

/** Users' sums are of UTC days: what a period has beside whole days is read call by call, as what came after the mark. */
function recentBranches(partnerId: string, { range, grouping, markMs }: FiguresAsked): readonly RawBuilder<unknown>[] {
  const { startMs, endMs } = range
  const unitMs = grouping === 'user' ? dayMs : quarterMs
  const wholeFromMs = Math.ceil(startMs / unitMs) * unitMs
  const wholeToMs = Math.floor(Math.min(endMs, markMs) / unitMs) * unitMs
  const calls = (fromMs: number, toMs: number) => callsBranch(partnerId, { fromMs, toMs }, grouping)
  if (wholeFromMs >= wholeToMs) return [calls(startMs, endMs)]
  return [
    rolledUpBranch(partnerId, { fromMs: wholeFromMs, toMs: wholeToMs }, grouping),
    ...(startMs < wholeFromMs ? [calls(startMs, wholeFromMs)] : []),
    ...(wholeToMs < endMs ? [calls(wholeToMs, endMs)] : []),
  ]
}

function rolledUpBranch(
  partnerId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  grouping: FiguresGrouping,
): RawBuilder<unknown> {
  const [table, time] =
    grouping === 'user' ? (['partner_user_days', 'day_ms'] as const) : (['partner_quarters', 'quarter_ms'] as const)
  const group = sql.ref(`${table}.${{ day: 'quarter_ms', model: 'model', user: 'user_id' }[grouping]}`)
  return sql`select 'recent' as source, cast(${group} as text) as "group", ${sumsOfSums(table)} from ${sql.table(table)}
    where ${sql.ref(`${table}.partner_id`)} = ${partnerId} and ${sql.ref(`${table}.${time}`)} >= ${fromMs}
      and ${sql.ref(`${table}.${time}`)} < ${toMs} group by ${group}`
}

function callsBranch(
  partnerId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  grouping: FiguresGrouping,
): RawBuilder<unknown> {
  const quarter = sql`requests.ended_at_ms - requests.ended_at_ms % ${sql.lit(quarterMs)}`
  const group = { day: quarter, model: sql.ref('requests.model'), user: sql.ref('requests.user_id') }[grouping]
  return sql`select 'recent' as source, cast(${group} as text) as "group", ${sumsOfCalls()} from requests
    where requests.partner_id = ${partnerId} and requests.state = 'settled' and requests.ended_at_ms >= ${fromMs}
      and requests.ended_at_ms < ${toMs} group by ${group}`
}

function olderBranch(
  partnerId: string,
  { range: { utcStartMs, utcEndMs }, grouping }: FiguresAsked,
): RawBuilder<unknown> {
  const group = sql.ref(`usage_days.${{ day: 'day_ms', model: 'model', user: 'user_id' }[grouping]}`)
  return sql`select 'older' as source, cast(${group} as text) as "group", ${sumsOfSums('usage_days')} from usage_days
    where usage_days.partner_id = ${partnerId} and usage_days.day_ms >= ${utcStartMs} and usage_days.day_ms < ${utcEndMs}
    group by ${group}`
}
