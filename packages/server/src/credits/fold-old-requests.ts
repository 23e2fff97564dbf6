import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { dayMs } from '../kernel/clock.ts'
import { takeFromRollUps } from '../partners/roll-up-calls.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import type { NewRow, Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'

/** Small, so that nobody waits for it: on SQLite the whole process does nothing else meanwhile. */
const batch = 200

/**
 * Folds calls that ended and began before a time into one row a user, app, model and UTC day, and deletes their own rows:
 * one batch, one transaction. What they cost, and so every sum, stays; transfers and holds are not touched. A call that
 * cost nothing because it failed leaves no trace.
 * @returns how many calls were folded; 0 when nothing is left.
 */
export async function foldOldRequests(db: Database, beforeMs: number): Promise<number> {
  const partners = await db.selectFrom('partners').select('id').execute()
  for (const { id } of partners) {
    const folded = await transact(db, (transaction) => foldOfPartner(transaction, id, beforeMs))
    if (folded > 0) return folded
  }
  return 0
}

async function foldOfPartner(transaction: DatabaseTransaction, partnerId: string, beforeMs: number): Promise<number> {
  const found = await transaction
    .selectFrom('requests')
    .select(['id', 'user_id'])
    .where('partner_id', '=', partnerId)
    .where('created_at_ms', '<', beforeMs)
    .where('state', '!=', 'admitted')
    .orderBy('created_at_ms')
    .limit(batch)
    .execute()
  if (found.length === 0) return 0
  // A write that changes nothing: while it stands, no guest among them is merged into an account.
  await transaction
    .updateTable('users')
    .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
    .where('id', 'in', [...new Set(found.map((row) => row.user_id))].toSorted())
    .execute()
  const ids = found.map((row) => row.id)
  await takeFromRollUps(transaction, ids)
  const rows = await transaction.deleteFrom('requests').where('id', 'in', ids).returningAll().execute()
  await addToDays(transaction, rows)
  return rows.length
}

async function addToDays(transaction: DatabaseTransaction, rows: readonly Row<'requests'>[]): Promise<void> {
  const days = new Map<string, NewRow<'usage_days'>>()
  for (const row of rows) {
    if (row.state !== 'settled') continue
    const day = dayOf(row)
    const known = days.get(day.id)
    days.set(day.id, known === undefined ? day : { ...day, ...sumOf(known, day) })
  }
  if (days.size === 0) return
  await transaction
    .insertInto('usage_days')
    .values([...days.values()])
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet(
          Object.fromEntries(
            sums.map((column) => [column, sql`${sql.ref(`usage_days.${column}`)} + ${sql.ref(`excluded.${column}`)}`]),
          ),
        ),
    )
    .execute()
}

const sums = [
  'calls',
  'estimated_calls',
  'input_tokens',
  'output_tokens',
  'provider_cost_microcredits',
  'share_microcredits',
  'fee_microcredits',
  'charge_microcredits',
  'shortfall_microcredits',
] as const

function sumOf(one: NewRow<'usage_days'>, other: NewRow<'usage_days'>) {
  return Object.fromEntries(sums.map((column) => [column, one[column] + other[column]]))
}

/** By the time it ended, which is when its transfers were made. */
function dayOf(row: Row<'requests'>): NewRow<'usage_days'> {
  const endedAtMs = row.ended_at_ms ?? row.created_at_ms
  const startMs = endedAtMs - (endedAtMs % dayMs)
  return {
    id: `day_${digest([startMs, row.user_id, row.partner_id, row.billed_to, row.model])}`,
    user_id: row.user_id,
    partner_id: row.partner_id,
    day_ms: startMs,
    model: row.model,
    billed_to: row.billed_to,
    calls: 1,
    estimated_calls: row.is_estimated,
    input_tokens:
      (row.input_tokens ?? 0) +
      (row.cache_read_tokens ?? 0) +
      (row.cache_write_5m_tokens ?? 0) +
      (row.cache_write_1h_tokens ?? 0),
    output_tokens: row.output_tokens ?? 0,
    provider_cost_microcredits: row.provider_cost_microcredits ?? 0,
    share_microcredits: row.share_microcredits ?? 0,
    fee_microcredits: row.fee_microcredits ?? 0,
    charge_microcredits: row.charge_microcredits ?? 0,
    shortfall_microcredits: row.shortfall_microcredits ?? 0,
  }
}

/** Users see the id in their history: it tells nothing, and the same things give the same one. */
function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 32)
}
