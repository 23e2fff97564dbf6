import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

type Engine = 'sqlite' | 'postgres'

/** The first schema. Imports only kysely: a migration must mean the same for ever. */
export function initialMigration(engine: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createPeople(db)
      await createLedger(db, engine)
      await createRequests(db)
      await createPurchases(db)
      await createServers(db)
    },
  }
}

async function createPeople(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('partners')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('publishable_key', 'text', (column) => column.notNull().unique())
    .addColumn('share_basis_points', 'integer', (column) =>
      column.notNull().check(sql`share_basis_points between 0 and 100000`),
    )
    .addColumn('allowed_models', 'text')
    .addColumn('logo_url', 'text')
    .addColumn('accent_color', 'text')
    .addColumn('is_active', 'integer', (column) => column.notNull().defaultTo(1))
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('partner_origins')
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('origin', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('partner_origins_pk', ['partner_id', 'origin'])
    .execute()
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('email', 'text', (column) => column.unique())
    .addColumn('merged_into_user_id', 'text', (column) => column.references('users.id'))
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
    .addColumn('last_four', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.references('users.id'))
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('name', 'text')
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('budget_microcredits', 'bigint')
    .addColumn('budget_window', 'text')
    .addColumn('requests_per_minute', 'integer')
    .addColumn('models', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint')
    .addColumn('revoked_at_ms', 'bigint')
    .addCheckConstraint(
      'keys_owner',
      sql`(kind = 'user' and user_id is not null) or (kind = 'partner' and user_id is null)`,
    )
    .execute()
  await db.schema.createIndex('keys_by_user').on('keys').columns(['user_id', 'created_at_ms']).execute()
  await db.schema.createIndex('keys_by_partner').on('keys').columns(['partner_id', 'kind']).execute()
  await db.schema
    .createTable('login_codes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('code_hash', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('used_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('login_codes_by_email').on('login_codes').columns(['email', 'created_at_ms']).execute()
}

async function createLedger(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('transfers')
    .addColumn('seq', engine === 'sqlite' ? 'integer' : 'bigserial', (column) =>
      engine === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey(),
    )
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('debit_account', 'text', (column) => column.notNull())
    .addColumn('credit_account', 'text', (column) => column.notNull())
    .addColumn('amount_microcredits', 'bigint', (column) => column.notNull().check(sql`amount_microcredits > 0`))
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('cause_id', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addCheckConstraint('transfers_two_accounts', sql`debit_account <> credit_account`)
    .execute()
  await db.schema.createIndex('transfers_by_debit_account').on('transfers').columns(['debit_account', 'seq']).execute()
  await db.schema
    .createIndex('transfers_by_credit_account')
    .on('transfers')
    .columns(['credit_account', 'seq'])
    .execute()
  await db.schema.createIndex('transfers_by_cause').on('transfers').column('cause_id').execute()
  await makeAppendOnly(db, engine)
  await db.schema
    .createTable('wallets')
    .addColumn('user_id', 'text', (column) => column.primaryKey().references('users.id'))
    .addColumn('posted_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('held_microcredits', 'bigint', (column) => column.notNull().check(sql`held_microcredits >= 0`))
    .execute()
  await db.schema
    .createTable('key_windows')
    .addColumn('key_id', 'text', (column) => column.notNull().references('keys.id'))
    .addColumn('window_start_ms', 'bigint', (column) => column.notNull())
    .addColumn('spent_microcredits', 'bigint', (column) => column.notNull().check(sql`spent_microcredits >= 0`))
    .addColumn('held_microcredits', 'bigint', (column) => column.notNull().check(sql`held_microcredits >= 0`))
    .addPrimaryKeyConstraint('key_windows_pk', ['key_id', 'window_start_ms'])
    .execute()
  await db.schema
    .createTable('holds')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('key_id', 'text', (column) => column.notNull().references('keys.id'))
    .addColumn('window_start_ms', 'bigint')
    .addColumn('amount_microcredits', 'bigint', (column) => column.notNull().check(sql`amount_microcredits >= 0`))
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('resolved_at_ms', 'bigint')
    .execute()
  await db.schema
    .createIndex('holds_open')
    .on('holds')
    .columns(['server_id', 'expires_at_ms'])
    .where(sql.ref('state'), 'in', ['placed', 'sent'])
    .execute()
  await db.schema.createIndex('holds_by_user').on('holds').columns(['user_id', 'state']).execute()
  await db.schema
    .createTable('account_roll_ups')
    .addColumn('account', 'text', (column) => column.primaryKey())
    .addColumn('balance_microcredits', 'text', (column) => column.notNull())
    .addColumn('through_seq', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}

async function makeAppendOnly(db: Kysely<unknown>, engine: Engine): Promise<void> {
  if (engine === 'sqlite') {
    await sql`create trigger transfers_no_update before update on transfers
      begin select raise(abort, 'transfers are append-only'); end`.execute(db)
    await sql`create trigger transfers_no_delete before delete on transfers
      begin select raise(abort, 'transfers are append-only'); end`.execute(db)
    return
  }
  await sql`create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception 'transfers are append-only'; end $$`.execute(db)
  await sql`create trigger transfers_append_only before update or delete or truncate on transfers
    execute function refuse_change()`.execute(db)
}

async function createRequests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('requests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('key_id', 'text', (column) => column.notNull().references('keys.id'))
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('endpoint', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('is_stream', 'integer', (column) => column.notNull())
    .addColumn('billed_to', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('ending', 'text')
    .addColumn('http_status', 'integer')
    .addColumn('error_code', 'text')
    .addColumn('is_estimated', 'integer', (column) => column.notNull())
    .addColumn('estimated_input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('requested_max_tokens', 'bigint')
    .addColumn('granted_max_tokens', 'bigint')
    .addColumn('progress_output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('input_tokens', 'bigint')
    .addColumn('cache_read_tokens', 'bigint')
    .addColumn('cache_write_5m_tokens', 'bigint')
    .addColumn('cache_write_1h_tokens', 'bigint')
    .addColumn('output_tokens', 'bigint')
    .addColumn('web_searches', 'bigint')
    .addColumn('price', 'text', (column) => column.notNull())
    .addColumn('share_basis_points', 'integer', (column) => column.notNull())
    .addColumn('fee_basis_points', 'integer', (column) => column.notNull())
    .addColumn('hold_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('provider_cost_microcredits', 'bigint')
    .addColumn('share_microcredits', 'bigint')
    .addColumn('fee_microcredits', 'bigint')
    .addColumn('charge_microcredits', 'bigint')
    .addColumn('shortfall_microcredits', 'bigint')
    .addColumn('upstream_request_id', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('first_byte_at_ms', 'bigint')
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('requests_by_user').on('requests').columns(['user_id', 'created_at_ms', 'id']).execute()
  await db.schema
    .createIndex('requests_by_partner')
    .on('requests')
    .columns(['partner_id', 'created_at_ms', 'id'])
    .execute()
}

async function createPurchases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('purchases')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('key_id', 'text', (column) => column.notNull().references('keys.id'))
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('amount_minor', 'bigint', (column) => column.notNull().check(sql`amount_minor > 0`))
    .addColumn('currency', 'text', (column) => column.notNull())
    .addColumn('credits_microcredits', 'bigint', (column) => column.notNull().check(sql`credits_microcredits > 0`))
    .addColumn('is_livemode', 'integer')
    .addColumn('stripe_session_id', 'text', (column) => column.unique())
    .addColumn('stripe_payment_intent_id', 'text', (column) => column.unique())
    .addColumn('failure', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('completed_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('purchases_by_user').on('purchases').columns(['user_id', 'created_at_ms']).execute()
  await db.schema.createIndex('purchases_by_status').on('purchases').columns(['status', 'created_at_ms']).execute()
  await db.schema
    .createTable('stripe_events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('object_id', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('handled_at_ms', 'bigint')
    .execute()
  await db.schema
    .createIndex('stripe_events_by_state')
    .on('stripe_events')
    .columns(['state', 'received_at_ms'])
    .execute()
  for (const table of ['refunds', 'disputes'] as const) {
    await db.schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('stripe_payment_intent_id', 'text', (column) => column.notNull())
      .addColumn('purchase_id', 'text', (column) => column.references('purchases.id'))
      .addColumn('amount_minor', 'bigint', (column) => column.notNull())
      .addColumn('currency', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('debited_microcredits', 'bigint', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex(`${table}_by_payment`).on(table).column('stripe_payment_intent_id').execute()
  }
  await db.schema
    .createTable('idempotent_answers')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('idempotency_key', 'text', (column) => column.notNull())
    .addColumn('request_hash', 'text', (column) => column.notNull())
    .addColumn('answer', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('idempotent_answers_pk', ['scope', 'idempotency_key'])
    .execute()
}

async function createServers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('servers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('host_name', 'text', (column) => column.notNull())
    .addColumn('process_id', 'integer', (column) => column.notNull())
    .addColumn('heartbeat_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}
