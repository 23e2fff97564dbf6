import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * A merged guest's key counts in two budgets: in that of the app's consent, and in what the guest brought along. Holds and
 * transfers name the second one. What a guest's merge was is no longer part of a consent request.
 */
export const guestBudgetsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table holds add column guest_budget_id text`.execute(db)
    await sql`alter table transfers add column guest_budget_id text`.execute(db)
    await sql`alter table consent_requests drop column merged_user_id`.execute(db)
  },
}
