import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Restricted keys of partners get a table of their own, with scopes, an end and a grace time. The server keys that
 * `partner create` has made so far were promised to manage the whole app: they move over with every scope.
 */
export const partnerKeysMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('partner_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('partner_id', 'text', (column) => column.notNull().references('partners.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
      .addColumn('last_four', 'text', (column) => column.notNull())
      .addColumn('previous_secret_hash', 'text', (column) => column.unique())
      .addColumn('previous_secret_until_ms', 'bigint')
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint')
      .addColumn('last_used_at_ms', 'bigint')
      .addColumn('revoked_at_ms', 'bigint')
      .execute()
    await db.schema
      .createIndex('partner_keys_by_partner')
      .on('partner_keys')
      .columns(['partner_id', 'created_at_ms'])
      .execute()
    await sql`insert into partner_keys
        (id, partner_id, name, scopes, secret_hash, last_four, created_at_ms, expires_at_ms, revoked_at_ms)
      select id, partner_id, coalesce(name, 'Server key'), 'usage:read app:write webhooks:write payouts:read',
        secret_hash, last_four, created_at_ms, expires_at_ms, revoked_at_ms
      from keys where kind = 'partner'`.execute(db)
    await sql`delete from keys where kind = 'partner'`.execute(db)
  },
}
