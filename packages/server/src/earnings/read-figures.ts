import type { Period } from '../lists/period.ts'
import { type CallSumsRow, sumColumns } from '../partners/call-sums.ts'
import { readRollUpMark } from '../partners/roll-up-calls.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import {
  type FiguresAsked,
  type FiguresGrouping,
  type FiguresRange,
  type FiguresRow,
  figuresQuery,
} from './figures-query.ts'

export interface FiguresGroup extends CallSumsRow {
  readonly group: string
}

export interface Figures {
  readonly groups: readonly FiguresGroup[]
  readonly total: CallSumsRow
  /** How many of the calls are kept as sums of a UTC day. */
  readonly olderCalls: number
}

/**
 * What an app's calls cost and earned in a period, each call on the day on which it ended, which is when its transfers were
 * made: the sums are the ledger's.
 */
export async function readFigures(
  db: DatabaseReader,
  partnerId: string,
  asked: { readonly period: Period; readonly grouping: FiguresGrouping },
): Promise<Figures> {
  const { period, grouping } = asked
  const rows = await readRows(db, partnerId, { range: period, grouping })
  const dateOf = datesOf(period)
  // A chart shows the days without calls, too.
  const days = grouping === 'day' ? period.days.map(({ date }) => ({ ...noCalls, group: date })) : []
  const named = grouping === 'day' ? rows.map((row) => ({ ...row, group: dateOf(row) })) : rows
  const groups = addUp([...days, ...named])
  const older = rows.filter(({ source }) => source === 'older')
  return { groups, total: totalOf(groups), olderCalls: totalOf(older).calls }
}

/** The sums of a stretch of time, by model. */
export async function readModels(
  db: DatabaseReader,
  partnerId: string,
  range: FiguresRange,
): Promise<readonly FiguresGroup[]> {
  return addUp(await readRows(db, partnerId, { range, grouping: 'model' }))
}

/** The sums of a stretch of time. */
export async function readTotal(db: DatabaseReader, partnerId: string, range: FiguresRange): Promise<CallSumsRow> {
  return totalOf(await readRows(db, partnerId, { range, grouping: 'model' }))
}

async function readRows(
  db: DatabaseReader,
  partnerId: string,
  asked: Omit<FiguresAsked, 'markMs'>,
): Promise<readonly FiguresRow[]> {
  const markMs = await readRollUpMark(db)
  const { rows } = await figuresQuery(partnerId, { ...asked, markMs }).execute(db)
  return rows
}

export const noCalls: CallSumsRow = {
  ...{ calls: 0, input_tokens: 0, output_tokens: 0, charge: 0, provider_cost: 0, share: 0, fee: 0 },
}

/** One row a group, in the order in which groups appear first; a group whose parts cancel each other out is none. */
export function addUp(rows: readonly FiguresGroup[]): readonly FiguresGroup[] {
  const groups = new Map<string, FiguresGroup>()
  for (const row of rows) groups.set(row.group, { ...sumOf(groups.get(row.group) ?? noCalls, row), group: row.group })
  return [...groups.values()]
}

export function totalOf(rows: readonly CallSumsRow[]): CallSumsRow {
  return rows.reduce(sumOf, noCalls)
}

function sumOf(one: CallSumsRow, other: CallSumsRow): CallSumsRow {
  const sum = { ...noCalls }
  // PostgreSQL's sums may come as texts.
  return Object.assign(
    sum,
    Object.fromEntries(sumColumns.map((column) => [column, Number(one[column]) + Number(other[column])])),
  )
}

/** Quarters of an hour never lie in two days; days of old calls have the date of the same name. */
function datesOf({ days }: Period): (row: FiguresRow) => string {
  return ({ source, group }) => {
    const atMs = Number(group)
    if (source === 'older') return new Date(atMs).toISOString().slice(0, 10)
    return days[lastStartedAt(days, atMs)]?.date ?? ''
  }
}

function lastStartedAt(days: Period['days'], atMs: number): number {
  let found = 0
  let end = days.length
  while (end - found > 1) {
    const middle = Math.floor((found + end) / 2)
    if ((days[middle]?.startMs ?? 0) <= atMs) found = middle
    else end = middle
  }
  return found
}
