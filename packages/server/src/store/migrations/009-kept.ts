import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What clients keep with us: responses, the items in them by their ids, and how much there is of each user. */
export function keptMigration(engine: 'sqlite' | 'postgres'): Migration {
  // A row that is found by its whole key alone needs no second place to stand in.
  const inItsKey = engine === 'sqlite' ? sql`without rowid` : sql``
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('kept_responses')
        .addColumn('key_id', 'text', (column) => column.notNull())
        .addColumn('response_id', 'text', (column) => column.notNull())
        .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
        .addColumn('previous_id', 'text')
        .addColumn('nodes', 'bigint', (column) => column.notNull())
        .addColumn('output_bytes', 'bigint', (column) => column.notNull())
        .addColumn('rest_bytes', 'bigint', (column) => column.notNull())
        .addColumn('item_ids', 'text', (column) => column.notNull())
        // The long ones stand last: what is read of a row without them is on its first page.
        .addColumn('output', 'text', (column) => column.notNull())
        .addColumn('rest', 'text')
        .addPrimaryKeyConstraint('kept_responses_key', ['key_id', 'response_id'])
        .execute()
      await db.schema
        .createTable('kept_items')
        .addColumn('key_id', 'text', (column) => column.notNull())
        .addColumn('item_id', 'text', (column) => column.notNull())
        .addColumn('response_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('kept_items_key', ['key_id', 'item_id'])
        .modifyEnd(inItsKey)
        .execute()
      await db.schema
        .createTable('kept_bytes')
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('kept_bytes_key', ['user_id'])
        .modifyEnd(inItsKey)
        .execute()
    },
  }
}
