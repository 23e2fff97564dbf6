import { type RawBuilder, sql } from 'kysely'
import { dayMs, minuteMs } from '../kernel/clock.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { addExcluded, rollUpColumns, sumsOfCalls } from './call-sums.ts'

/** In every time zone, days begin at a quarter of an hour. */
export const quarterMs = 15 * minuteMs

/**
 * A call is committed a little after the moment at which it ended, and servers' clocks differ a little: whatever ended
 * before this long is there.
 */
const marginMs = 10 * minuteMs

const rollUpName = 'partner calls'

/**
 * Adds the settled calls of the next quarter of an hour that has any to the partners' sums: one quarter, one transaction.
 * Two runs at once do no harm.
 * @returns whether there may be more to do.
 */
export function rollUpCalls(db: Database, nowMs: number): Promise<boolean> {
  const lastMs = floor(nowMs - marginMs, quarterMs)
  return transact(db, async (transaction) => {
    const markMs = await lockMark(transaction)
    const firstMs = await firstEndFrom(transaction, markMs)
    const startMs = firstMs === null ? lastMs : Math.min(floor(firstMs, quarterMs), lastMs)
    if (startMs >= lastMs) {
      await moveMark(transaction, Math.max(markMs, lastMs))
      return false
    }
    const endMs = startMs + quarterMs
    // A cross join is read from the left on SQLite: the calls of each partner by their index.
    const ended = sql`partners cross join requests where requests.partner_id = partners.id
      and requests.state = 'settled' and requests.ended_at_ms >= ${startMs} and requests.ended_at_ms < ${endMs}`
    await addUp(transaction, ended, 1)
    await moveMark(transaction, endMs)
    return true
  })
}

/**
 * Takes calls out of the sums before their own rows go, in the same transaction: the sums are of calls that have a row.
 * What was not added yet is left alone.
 */
export async function takeFromRollUps(transaction: DatabaseTransaction, requestIds: readonly string[]): Promise<void> {
  if (requestIds.length === 0) return
  const markMs = await lockMark(transaction)
  const added = sql`requests where requests.id in (${sql.join(requestIds)}) and requests.state = 'settled'
    and requests.ended_at_ms < ${markMs}`
  await addUp(transaction, added, -1)
}

/**
 * The moment up to which calls are in the sums. Whoever reads goes by one such moment: sums of what came before it, and the
 * calls themselves from it on. Sums of the past change only when calls are folded away, and then in one transaction.
 */
export async function readRollUpMark(db: DatabaseReader): Promise<number> {
  const row = await db
    .selectFrom('roll_up_marks')
    .select('through_ms')
    .where('name', '=', rollUpName)
    .executeTakeFirstOrThrow()
  return row.through_ms
}

const rollUps = [
  { table: 'partner_quarters', columns: sql`partner_id, quarter_ms, model`, unitMs: quarterMs, group: 'model' },
  { table: 'partner_user_days', columns: sql`partner_id, day_ms, user_id`, unitMs: dayMs, group: 'user_id' },
] as const

async function addUp(transaction: DatabaseTransaction, calls: RawBuilder<unknown>, sign: 1 | -1): Promise<void> {
  for (const { table, columns, unitMs, group } of rollUps) {
    const groupColumn = sql.ref(`requests.${group}`)
    const start = sql`requests.ended_at_ms - requests.ended_at_ms % ${sql.lit(unitMs)}`
    await sql`insert into ${sql.table(table)} (${columns}, ${rollUpColumns})
      select requests.partner_id, ${start}, ${groupColumn}, ${sumsOfCalls(sign)} from ${calls}
      group by requests.partner_id, ${start}, ${groupColumn}
      on conflict (${columns}) do update set ${addExcluded(table)}`.execute(transaction)
  }
}

/** Whoever changes the sums holds it. */
async function lockMark(transaction: DatabaseTransaction): Promise<number> {
  const { through_ms } = await transaction
    .updateTable('roll_up_marks')
    .set((of) => ({ through_ms: of.ref('through_ms') }))
    .where('name', '=', rollUpName)
    .returning('through_ms')
    .executeTakeFirstOrThrow()
  return through_ms
}

async function moveMark(transaction: DatabaseTransaction, throughMs: number): Promise<void> {
  await transaction.updateTable('roll_up_marks').set({ through_ms: throughMs }).where('name', '=', rollUpName).execute()
}

async function firstEndFrom(transaction: DatabaseTransaction, markMs: number): Promise<number | null> {
  const { rows } = await sql<{ first: number | null }>`select min(first) as first from (
    select (select requests.ended_at_ms from requests where requests.partner_id = partners.id
      and requests.state = 'settled' and requests.ended_at_ms >= ${markMs} order by requests.ended_at_ms limit 1) as first
    from partners) as firsts`.execute(transaction)
  const first = rows[0]?.first ?? null
  return first === null ? null : Number(first)
}

function floor(atMs: number, unitMs: number): number {
  return atMs - (atMs % unitMs)
}
