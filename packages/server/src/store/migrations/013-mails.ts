import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Mails that are to be sent, what has been told already, and the language of a purchase for its receipt. */
export const mailsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table purchases add column locale text`.execute(db)
    await db.schema
      .createTable('mail_outbox')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('next_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema.createIndex('mail_outbox_due').on('mail_outbox').column('next_at_ms').execute()
    await db.schema
      .createTable('mail_marks')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .execute()
    // What was spent before there were mails is no news; what is spent from now on is, also before the job first looks.
    await sql`insert into mail_marks (name, seq) select 'funds', coalesce(max(seq), 0) from transfers`.execute(db)
    await db.schema
      .createTable('budget_mails')
      .addColumn('budget_id', 'text', (column) => column.notNull())
      .addColumn('window_start_ms', 'bigint', (column) => column.notNull())
      .addColumn('budget_microcredits', 'bigint', (column) => column.notNull())
      .addColumn('told_at_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('budget_mails_pk', ['budget_id', 'window_start_ms'])
      .execute()
  },
}
