import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Lets an app's pages on a developer's own machine use it beside its registered origins. */
export const allowLocalhostMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('partners')
      .addColumn('allows_localhost', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  },
}
