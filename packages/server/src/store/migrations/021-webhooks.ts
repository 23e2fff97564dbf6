import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Webhooks to partners: where they go, what happened, each delivery and each attempt; and which budgets were told of. */
export function webhooksMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createEndpoints(db)
      await createEvents(db)
      await createDeliveries(db)
      await createAttempts(db)
      await createMarks(db)
      for (const [table, column] of byAge) await createAgeIndex(db, { engine, table, column })
    },
  }
}

const byAge = [
  ['webhook_events', 'created_at_ms'],
  ['webhook_deliveries', 'created_at_ms'],
  ['webhook_attempts', 'at_ms'],
] as const

/**
 * For the purge. On PostgreSQL it is no tree: an app's newest entries must not be looked for among those of all apps, which
 * the planner takes for cheap where they are many.
 */
async function createAgeIndex(
  db: Kysely<unknown>,
  { engine, table, column }: { engine: 'sqlite' | 'postgres'; table: string; column: string },
): Promise<void> {
  const using = engine === 'postgres' ? sql`using brin` : sql``
  await sql`create index ${sql.ref(`${table}_by_age`)} on ${sql.table(table)} ${using} (${sql.ref(column)})`.execute(db)
}

async function createEndpoints(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('webhook_endpoints')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('partner_id', 'text', (column) => column.notNull())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('events', 'text')
    .addColumn('secret_ciphertext', 'text', (column) => column.notNull())
    .addColumn('previous_secret_ciphertext', 'text')
    .addColumn('previous_until_ms', 'bigint')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('disabled_reason', 'text')
    .addColumn('consecutive_failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('failing_since_ms', 'bigint')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index webhook_endpoints_of_partner on webhook_endpoints (partner_id, created_at_ms, id)`.execute(db)
}

async function createEvents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('webhook_events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('partner_id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index webhook_events_of_partner on webhook_events (partner_id, created_at_ms, id)`.execute(db)
  await sql`create index webhook_events_of_type on webhook_events (partner_id, type, created_at_ms, id)`.execute(db)
}

async function createDeliveries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('endpoint_id', 'text', (column) => column.notNull())
    .addColumn('partner_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('attempts_in_round', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('next_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_status', 'integer')
    .addColumn('last_error', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index webhook_deliveries_due on webhook_deliveries (next_at_ms, endpoint_id) where state = 'pending'`.execute(
    db,
  )
  await sql`create index webhook_deliveries_of_partner on webhook_deliveries (partner_id, created_at_ms, id)`.execute(
    db,
  )
  await sql`create index webhook_deliveries_of_endpoint on webhook_deliveries (endpoint_id, created_at_ms, id)`.execute(
    db,
  )
  await sql`create index webhook_deliveries_by_state on webhook_deliveries (partner_id, state, created_at_ms, id)`.execute(
    db,
  )
  await sql`create index webhook_deliveries_of_event on webhook_deliveries (event_id)`.execute(db)
}

async function createAttempts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('webhook_attempts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('delivery_id', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('error', 'text')
    .addColumn('took_ms', 'integer', (column) => column.notNull())
    .addColumn('response_head', 'text')
    .execute()
  await sql`create index webhook_attempts_of_delivery on webhook_attempts (delivery_id, attempt)`.execute(db)
}

async function createMarks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('webhook_low_marks')
    .addColumn('user_id', 'text', (column) => column.primaryKey())
    .addColumn('low_told_at_ms', 'bigint')
    .addColumn('empty_told_at_ms', 'bigint')
    .execute()
  await db.schema
    .createTable('webhook_budget_marks')
    .addColumn('budget_id', 'text', (column) => column.primaryKey())
    .addColumn('window_start_ms', 'bigint', (column) => column.notNull())
    .addColumn('budget_microcredits', 'bigint', (column) => column.notNull())
    .execute()
}
