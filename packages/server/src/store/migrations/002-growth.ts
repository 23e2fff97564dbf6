import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a store needs that has grown: days of usage in place of old calls, leases for work that one server does. */
export const growthMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await createUsageDays(db)
    await indexHistory(db)
    await db.schema
      .createTable('job_leases')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .execute()
  },
}

async function createUsageDays(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('usage_days')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('day_ms', 'bigint', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('billed_to', 'text', (column) => column.notNull())
    .addColumn('calls', 'bigint', (column) => column.notNull())
    .addColumn('estimated_calls', 'bigint', (column) => column.notNull())
    .addColumn('input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('provider_cost_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('share_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('fee_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('charge_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('shortfall_microcredits', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('usage_days_by_user').on('usage_days').columns(['user_id', 'day_ms', 'id']).execute()
  await db.schema
    .createIndex('usage_days_by_partner')
    .on('usage_days')
    .columns(['partner_id', 'day_ms', 'id'])
    .execute()
}

/**
 * One index gives each source of a history its newest rows in order, whatever the table has grown to. Transfers that are no
 * call are few: their indexes are partial and cost a call nothing.
 */
async function indexHistory(db: Kysely<unknown>): Promise<void> {
  for (const side of ['credit', 'debit']) {
    await sql`create index ${sql.ref(`transfers_no_calls_by_${side}`)} on transfers (${sql.ref(`${side}_account`)}, created_at_ms, id)
      where code not in ('usage_cost', 'usage_share', 'usage_fee', 'shortfall_cost', 'shortfall_share')`.execute(db)
  }
  await db.schema
    .createIndex('requests_by_user_state')
    .on('requests')
    .columns(['user_id', 'state', 'ended_at_ms', 'id'])
    .execute()
  await db.schema.dropIndex('requests_by_user').execute()
}
