import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** When a passkey was used in a session: roles can ask for one. Sessions of before have used none, as far as is known. */
export const passkeySessionsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table sessions add column passkey_at_ms bigint`.execute(db)
  },
}
