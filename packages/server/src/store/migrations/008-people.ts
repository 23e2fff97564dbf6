import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Sessions, consents, claims and the audit log: who may spend, and who changed it. */
export function peopleMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await addColumns(db)
      await createSessions(db)
      await createConsents(db)
      await createClaims(db)
      await createNotifications(db)
      await createAuditLog(db, engine)
      await countConsentChanges(db, engine)
    },
  }
}

async function addColumns(db: Kysely<unknown>): Promise<void> {
  const columns = {
    partners: [
      ['kind', sql`text not null default 'app'`],
      ['website', sql`text`],
      ['suggested_budget_microcredits', sql`bigint`],
      ['suggested_budget_window', sql`text`],
    ],
    users: [
      ['deleted_at_ms', sql`bigint`],
      ['locale', sql`text`],
    ],
    keys: [
      ['consent_id', sql`text`],
      ['last_used_at_ms', sql`bigint`],
      ['last_used_address', sql`text`],
      ['previous_secret_hash', sql`text`],
      ['previous_secret_until_ms', sql`bigint`],
    ],
    purchases: [
      ['email', sql`text`],
      ['receipt_url', sql`text`],
      ['claimed_by_user_id', sql`text`],
      ['claimed_at_ms', sql`bigint`],
    ],
  } as const
  for (const [table, added] of Object.entries(columns))
    for (const [name, type] of added)
      await sql`alter table ${sql.ref(table)} add column ${sql.ref(name)} ${type}`.execute(db)
  await sql`create unique index keys_by_previous_secret on keys (previous_secret_hash) where previous_secret_hash is not null`.execute(
    db,
  )
  await sql`create index keys_by_consent on keys (consent_id) where consent_id is not null`.execute(db)
  await sql`create index purchases_by_email on purchases (email) where email is not null`.execute(db)
}

async function createSessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('partner_id', 'text', (column) => column.references('partners.id'))
    .addColumn('user_agent', 'text')
    .addColumn('address', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('verified_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('sessions_by_user').on('sessions').columns(['user_id', 'last_used_at_ms']).execute()
  await db.schema
    .createTable('passkeys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('counter', 'bigint', (column) => column.notNull())
    .addColumn('transports', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('passkeys_by_user').on('passkeys').column('user_id').execute()
  await db.schema
    .createTable('passkey_challenges')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('challenge', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.references('users.id'))
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}

async function createConsents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('consents')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('budget_microcredits', 'bigint')
    .addColumn('budget_window', 'text')
    .addColumn('models', 'text')
    .addColumn('expires_at_ms', 'bigint')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('withdrawn_at_ms', 'bigint')
    .execute()
  // One at a time, also when two tabs answer at once.
  await sql`create unique index consents_live on consents (user_id, partner_id) where withdrawn_at_ms is null`.execute(
    db,
  )
  await db.schema
    .createTable('consent_requests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
    .addColumn('merged_user_id', 'text')
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('used_at_ms', 'bigint')
    .execute()
}

async function createClaims(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('claim_links')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('purchase_id', 'text', (column) => column.notNull().references('purchases.id'))
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('used_at_ms', 'bigint')
    .execute()
}

async function createNotifications(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notification_settings')
    .addColumn('user_id', 'text', (column) => column.primaryKey().references('users.id'))
    .addColumn('is_low_balance_on', 'integer', (column) => column.notNull())
    .addColumn('low_balance_microcredits', 'bigint', (column) => column.notNull())
    .addColumn('is_key_budget_on', 'integer', (column) => column.notNull())
    .addColumn('key_budget_percent', 'integer', (column) => column.notNull())
    .addColumn('is_new_app_on', 'integer', (column) => column.notNull())
    .addColumn('is_new_sign_in_on', 'integer', (column) => column.notNull())
    .addColumn('low_balance_told_at_ms', 'bigint')
    .addColumn('empty_balance_told_at_ms', 'bigint')
    .execute()
}

async function createAuditLog(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  await db.schema
    .createTable('audit_log')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('actor_kind', 'text', (column) => column.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target_kind', 'text', (column) => column.notNull())
    .addColumn('target_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('reason', 'text')
    .addColumn('request_id', 'text')
    .addColumn('address', 'text')
    .execute()
  await db.schema.createIndex('audit_log_by_user').on('audit_log').columns(['user_id', 'at_ms', 'id']).execute()
  await db.schema.createIndex('audit_log_by_time').on('audit_log').columns(['at_ms', 'id']).execute()
  const kept = [
    'id',
    'at_ms',
    'actor_kind',
    'actor_id',
    'action',
    'target_kind',
    'target_id',
    'user_id',
    'before',
    'after',
    'reason',
    'request_id',
  ]
  if (engine === 'sqlite') {
    await sql`create trigger audit_log_no_update before update on audit_log
      when new.address is not null or ${sql.join(
        kept.map((name) => sql`new.${sql.ref(name)} is not old.${sql.ref(name)}`),
        sql` or `,
      )}
      begin select raise(abort, 'the audit log is append-only'); end`.execute(db)
    await sql`create trigger audit_log_no_delete before delete on audit_log
      begin select raise(abort, 'the audit log is append-only'); end`.execute(db)
    return
  }
  await sql`create function refuse_audit_change() returns trigger language plpgsql as
    $$ begin raise exception 'the audit log is append-only'; end $$`.execute(db)
  await sql`create trigger audit_log_no_update before update on audit_log for each row
    when (new.address is not null or ${sql.join(
      kept.map((name) => sql`new.${sql.ref(name)} is distinct from old.${sql.ref(name)}`),
      sql` or `,
    )})
    execute function refuse_audit_change()`.execute(db)
  await sql`create trigger audit_log_no_delete before delete or truncate on audit_log
    execute function refuse_audit_change()`.execute(db)
}

/** Servers cache keys together with the consent that limits them, so a changed consent counts as a change of keys. */
async function countConsentChanges(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  if (engine === 'sqlite') {
    await sql`create trigger consents_count_changes after update on consents
      begin update change_counts set changes = changes + 1 where name = 'keys'; end`.execute(db)
    return
  }
  await sql`create trigger consents_count_changes after update on consents for each row
    execute function count_key_change()`.execute(db)
}
