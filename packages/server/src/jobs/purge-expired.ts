import { type RawBuilder, sql } from 'kysely'
import { dayMs } from '../kernel/clock.ts'
import { observedDays } from '../partners/observations.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'

/** How long things are kept that a person may ask about: codes, sign-ins, what Stripe said. */
export const keptDays = 30

/** Small, so that nobody waits for it: on SQLite the whole process does nothing else meanwhile. */
const batch = 200

interface Expired {
  readonly table: string
  readonly key: string
  readonly condition: RawBuilder<unknown>
}

/** Rows that are of no use any more. Stripe repeats an event for three days, and by hand for thirty. */
function expiredAt(nowMs: number): readonly Expired[] {
  const keptSinceMs = nowMs - keptDays * dayMs
  const yesterdayMs = nowMs - dayMs
  return [
    { table: 'login_codes', key: 'id', condition: sql`expires_at_ms < ${keptSinceMs}` },
    { table: 'sessions', key: 'id', condition: sql`coalesce(ended_at_ms, expires_at_ms) < ${keptSinceMs}` },
    { table: 'claim_links', key: 'id', condition: sql`expires_at_ms < ${keptSinceMs}` },
    { table: 'consent_requests', key: 'id', condition: sql`expires_at_ms < ${yesterdayMs}` },
    { table: 'passkey_challenges', key: 'id', condition: sql`expires_at_ms < ${yesterdayMs}` },
    // As long as the browser keeps its value.
    { table: 'known_devices', key: 'device_hash', condition: sql`last_seen_at_ms < ${nowMs - 365 * dayMs}` },
    { table: 'setup_observations', key: 'id', condition: sql`last_at_ms < ${nowMs - observedDays * dayMs}` },
    { table: 'webhook_attempts', key: 'id', condition: sql`at_ms < ${keptSinceMs}` },
    {
      table: 'webhook_deliveries',
      key: 'id',
      condition: sql`state <> 'pending' and created_at_ms < ${keptSinceMs}`,
    },
    {
      table: 'webhook_events',
      key: 'id',
      condition: sql`created_at_ms < ${keptSinceMs} and not exists (
        select 1 from webhook_deliveries where webhook_deliveries.event_id = webhook_events.id)`,
    },
    {
      table: 'stripe_events',
      key: 'id',
      condition: sql`state = 'handled' and received_at_ms < ${keptSinceMs}`,
    },
  ]
}

/** Deletes one batch of each kind. @returns how many rows went; 0 when nothing is left. */
export async function purgeExpired(db: Database, nowMs: number): Promise<number> {
  let total = 0
  for (const { table, key, condition } of expiredAt(nowMs)) {
    const { numAffectedRows } = await transact(db, (transaction) =>
      sql`delete from ${sql.table(table)} where ${condition} and ${sql.ref(key)} in (
        select ${sql.ref(key)} from ${sql.table(table)} where ${condition} limit ${batch})`.execute(transaction),
    )
    total += Number(numAffectedRows ?? 0n)
  }
  return total
}
