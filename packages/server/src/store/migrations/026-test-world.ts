import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * How the test world pays and passes time: the payments of the built-in page, each app's test clock, and of which world
 * messages of Stripe and sign-in codes are.
 */
export const testWorldMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('test_clocks')
      .addColumn('partner_id', 'text', (column) => column.primaryKey())
      .addColumn('ahead_ms', 'bigint', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('test_payments')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purchase_id', 'text', (column) => column.notNull().unique())
      .addColumn('payment_intent_id', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('amount_minor', 'bigint', (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('email', 'text')
      .addColumn('settles_as', 'text')
      .addColumn('settles_at_ms', 'bigint')
      .addColumn('declined_as', 'text')
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .execute()
    for (const table of ['stripe_events', 'refunds', 'disputes', 'login_codes'])
      await sql`alter table ${sql.table(table)} add column livemode integer not null default 1`.execute(db)
  },
}
