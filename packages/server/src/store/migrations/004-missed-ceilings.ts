import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * A call that costs more than its hold marks its user, and its row says by how much. Both columns are null on rows of
 * calls that ended before this migration.
 */
export function missedCeilingsMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('requests').addColumn('missed_microcredits', 'bigint').execute()
      await db.schema.alterTable('requests').addColumn('over_budget_microcredits', 'bigint').execute()
      await db.schema.alterTable('users').addColumn('marked_at_ms', 'bigint').execute()
      await db.schema.alterTable('users').addColumn('marked_by_request_id', 'text').execute()
      await db.schema.alterTable('users').addColumn('mark_cleared_at_ms', 'bigint').execute()
      await sql`create index users_marked on users (marked_at_ms) where marked_at_ms is not null`.execute(db)
      await countMarks(db, engine)
    },
  }
}

/** Servers cache keys together with their users' marks, so a mark counts as a change of keys. */
async function countMarks(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  if (engine === 'sqlite') {
    await sql`create trigger users_count_marks after update of marked_at_ms on users
      when old.marked_at_ms is not new.marked_at_ms
      begin update change_counts set changes = changes + 1 where name = 'keys'; end`.execute(db)
    return
  }
  await sql`create trigger users_count_marks after update of marked_at_ms on users for each row
    when (old.marked_at_ms is distinct from new.marked_at_ms) execute function count_key_change()`.execute(db)
}
