import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * What the account page reads by. Calls that failed and purchases that changed hands are few, so their indexes are partial
 * and cost a paid call nothing.
 */
export const accountMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index requests_released_by_user on requests (user_id, ended_at_ms, id) where state = 'released'`.execute(
      db,
    )
    await sql`create index purchases_by_claimer on purchases (claimed_by_user_id, created_at_ms) where claimed_by_user_id is not null`.execute(
      db,
    )
  },
}
