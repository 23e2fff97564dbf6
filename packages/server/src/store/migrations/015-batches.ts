import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Batches, their requests, and the parts of their holds. */
export function batchesMigration(engine: 'sqlite' | 'postgres'): Migration {
  // A row that is found by its whole key alone needs no second place to stand in.
  const inItsKey = engine === 'sqlite' ? sql`without rowid` : sql``
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('hold_parts')
        .addColumn('hold_id', 'text', (column) => column.notNull())
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('amount_microcredits', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('hold_parts_key', ['hold_id', 'position'])
        .modifyEnd(inItsKey)
        .execute()
      await createBatches(db)
      await db.schema
        .createTable('batch_items')
        .addColumn('batch_id', 'text', (column) => column.notNull())
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('custom_id', 'text', (column) => column.notNull())
        .addColumn('model', 'text', (column) => column.notNull())
        .addColumn('price_index', 'integer', (column) => column.notNull())
        .addColumn('likely_input_tokens', 'bigint', (column) => column.notNull())
        .addColumn('max_tokens', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('charge_microcredits', 'bigint', (column) => column.notNull().defaultTo(0))
        .addPrimaryKeyConstraint('batch_items_key', ['batch_id', 'position'])
        .modifyEnd(inItsKey)
        .execute()
    },
  }
}

async function createBatches(db: Kysely<unknown>): Promise<void> {
  const count = ['succeeded', 'errored', 'canceled', 'expired', 'missing', 'reads'] as const
  const text = ['kind', 'user_id', 'partner_id', 'key_id', 'provider', 'provider_key_hash', 'state', 'prices'] as const
  const whole = ['hold_microcredits', 'created_at_ms', 'expires_at_ms', 'next_poll_at_ms'] as const
  const optional = [
    'budget_microcredits',
    'cancel_requested_at_ms',
    'ended_at_ms',
    'settled_at_ms',
    'deleted_at_ms',
  ] as const
  let table = db.schema
    .createTable('batches')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('upstream_id', 'text')
    .addColumn('upstream_end', 'text')
    .addColumn('items', 'integer', (column) => column.notNull())
    .addColumn('share_basis_points', 'integer', (column) => column.notNull())
    .addColumn('fee_basis_points', 'integer', (column) => column.notNull())
    .addColumn('charge_microcredits', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('details', 'text', (column) => column.notNull().defaultTo('{}'))
  for (const name of text) table = table.addColumn(name, 'text', (column) => column.notNull())
  for (const name of whole) table = table.addColumn(name, 'bigint', (column) => column.notNull())
  for (const name of optional) table = table.addColumn(name, 'bigint')
  for (const name of count) table = table.addColumn(name, 'integer', (column) => column.notNull().defaultTo(0))
  await table.execute()
  await db.schema
    .createIndex('batches_by_owner')
    .on('batches')
    .columns(['user_id', 'partner_id', 'created_at_ms'])
    .execute()
  // Few are open at a time, however many there have been.
  await sql`create index batches_open on batches (next_poll_at_ms) where settled_at_ms is null`.execute(db)
}
