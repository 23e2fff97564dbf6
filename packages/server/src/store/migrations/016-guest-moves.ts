import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What came to an account with a guest, so that later refunds and disputes of the guest's purchases take no more. */
export const guestMovesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('guest_moves')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('guest_user_id', 'text', (column) => column.notNull().references('users.id'))
      .addColumn('account_user_id', 'text', (column) => column.notNull().references('users.id'))
      .addColumn('posted_microcredits', 'bigint', (column) => column.notNull())
      .addColumn('taken_back_microcredits', 'bigint', (column) => column.notNull())
      .execute()
    await sql`alter table purchases add column guest_move_id text`.execute(db)
    await sql`create index purchases_by_guest_move on purchases (guest_move_id) where guest_move_id is not null`.execute(
      db,
    )
  },
}
