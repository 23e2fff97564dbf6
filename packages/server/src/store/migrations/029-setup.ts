import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What the server has seen of each app that leaves no other trace, and which steps of the guided setup are done. */
export const setupMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('setup_observations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('partner_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('times', 'bigint', (column) => column.notNull())
      .addColumn('first_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('last_at_ms', 'bigint', (column) => column.notNull())
      .execute()
    await sql`create index setup_observations_of_partner on setup_observations (partner_id, kind, last_at_ms)`.execute(
      db,
    )
    await sql`create index setup_observations_by_age on setup_observations (last_at_ms)`.execute(db)
    await db.schema
      .createTable('setup_marks')
      .addColumn('partner_id', 'text', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('done_at_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('setup_marks_key', ['partner_id', 'step'])
      .execute()
    await sql`create index keys_of_sign_ins on keys (partner_id, created_at_ms) where source = 'login'`.execute(db)
  },
}
