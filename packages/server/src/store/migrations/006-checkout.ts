import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What the checkout shows: the model that an app's estimates are made for, and that a user went back at Stripe. */
export const checkoutMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('partners').addColumn('default_model', 'text').execute()
    await db.schema.alterTable('purchases').addColumn('cancelled_at_ms', 'bigint').execute()
  },
}
