import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Browsers that an account was signed in with before: a new one is told by mail, and a known one is not locked out. */
export const devicesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('known_devices')
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
      .addColumn('device_hash', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('last_seen_at_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('known_devices_pk', ['user_id', 'device_hash'])
      .execute()
  },
}
