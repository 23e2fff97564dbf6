import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** How often an app's checkout was opened, what each attempt of a webhook sent, and an index of an endpoint's deliveries by state. */
export function figuresMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const options = engine === 'sqlite' ? sql`without rowid` : sql``
      await sql`create table checkout_opens (partner_id text not null, quarter_ms bigint not null, opens bigint not null,
        primary key (partner_id, quarter_ms)) ${options}`.execute(db)
      await sql`alter table webhook_attempts add column request_headers text`.execute(db)
      await sql`create index webhook_deliveries_of_endpoint_by_state
        on webhook_deliveries (endpoint_id, state, created_at_ms, id)`.execute(db)
    },
  }
}
