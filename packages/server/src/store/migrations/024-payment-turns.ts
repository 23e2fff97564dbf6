import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** A row for each payment that a message has spoken of, to be locked by whoever acts on one. */
export const paymentTurnsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table payment_turns (stripe_payment_intent_id text primary key)`.execute(db)
  },
}
