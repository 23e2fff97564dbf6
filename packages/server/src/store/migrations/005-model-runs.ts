import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * A call may be made of several runs, of several models, each with its own counts and its own price. Rows of calls that
 * were one run, and of all before this migration, have null there.
 */
export const modelRunsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('requests').addColumn('runs', 'text').execute()
  },
}
