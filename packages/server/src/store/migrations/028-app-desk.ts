import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What an app's maker sets by itself, the publishable key before a roll, and logos that were uploaded. */
export function appDeskMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql`alter table partners add column support_email text`.execute(db)
      await sql`alter table partners add column statement_suffix text`.execute(db)
      await sql`alter table partners add column previous_publishable_key text`.execute(db)
      await sql`alter table partners add column previous_publishable_key_until_ms bigint`.execute(db)
      await sql`create unique index partners_by_previous_key on partners (previous_publishable_key)
        where previous_publishable_key is not null`.execute(db)
      const bytes = sql.raw(engine === 'sqlite' ? 'blob' : 'bytea')
      await sql`create table partner_logos (
        hash text primary key, partner_id text not null references partners(id), bytes ${bytes} not null,
        created_at_ms bigint not null, replaced_at_ms bigint)`.execute(db)
      await sql`create index partner_logos_by_partner on partner_logos (partner_id)`.execute(db)
    },
  }
}
