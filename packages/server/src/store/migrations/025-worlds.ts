import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

type Engine = 'sqlite' | 'postgres'

/**
 * Every app gets a second world for tests: a twin row with a publishable key of its own. All that is in the store belongs
 * to the live world. An e-mail is unique within its world.
 */
export function worldsMigration(engine: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const table of ['partners', 'keys', 'purchases', 'batches', 'partner_keys', 'webhook_events'])
        await sql`alter table ${sql.table(table)} add column livemode integer not null default 1`.execute(db)
      await sql`alter table partners add column live_partner_id text`.execute(db)
      await sql`create unique index partners_by_live_partner on partners (live_partner_id) where live_partner_id is not null`.execute(
        db,
      )
      await (engine === 'sqlite' ? rebuildUsers(db) : changeUsers(db))
      await createTwins(db)
    },
  }
}

async function changeUsers(db: Kysely<unknown>): Promise<void> {
  await sql`alter table users add column livemode integer not null default 1`.execute(db)
  await sql`alter table users drop constraint users_email_key`.execute(db)
  await sql`create unique index users_by_email on users (email, livemode)`.execute(db)
}

/**
 * SQLite cannot drop a column's own `unique`, so the table is made anew, as its documentation describes. Dropping the old one
 * would delete what other tables refer to; `migrateTo` has foreign keys off meanwhile.
 */
async function rebuildUsers(db: Kysely<unknown>): Promise<void> {
  await sql`create table users_by_world (
    id text primary key, email text, merged_into_user_id text references users (id), created_at_ms bigint not null,
    marked_at_ms bigint, marked_by_request_id text, mark_cleared_at_ms bigint, deleted_at_ms bigint, locale text,
    livemode integer not null default 1)`.execute(db)
  const columns = sql.raw(
    'id, email, merged_into_user_id, created_at_ms, marked_at_ms, marked_by_request_id, mark_cleared_at_ms, deleted_at_ms, locale',
  )
  await sql`insert into users_by_world (${columns}) select ${columns} from users`.execute(db)
  await sql`drop table users`.execute(db)
  await sql`alter table users_by_world rename to users`.execute(db)
  await sql`create unique index users_by_email on users (email, livemode)`.execute(db)
  await sql`create index users_marked on users (marked_at_ms) where marked_at_ms is not null`.execute(db)
  await sql`create index users_by_merge on users (merged_into_user_id) where merged_into_user_id is not null`.execute(
    db,
  )
  await sql`create trigger users_count_marks after update of marked_at_ms on users
    when old.marked_at_ms is not new.marked_at_ms
    begin update change_counts set changes = changes + 1 where name = 'keys'; end`.execute(db)
}

/** The operator's own account page has none: it is no app that anybody integrates. */
async function createTwins(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from partners where kind = 'app'`.execute(db)
  const copied = sql.raw(
    `name, email, share_basis_points, allowed_models, logo_url, accent_color, default_model, allows_localhost, kind, website,
     suggested_budget_microcredits, suggested_budget_window, is_active, created_at_ms, updated_at_ms`,
  )
  for (const { id } of rows) {
    const twinId = `${id}_test`
    await sql`insert into partners (id, publishable_key, livemode, live_partner_id, ${copied})
      select ${twinId}, ${newTestPublishableKey()}, 0, id, ${copied} from partners where id = ${id}`.execute(db)
    await sql`insert into partner_origins (partner_id, origin)
      select ${twinId}, origin from partner_origins where partner_id = ${id}`.execute(db)
  }
}

/** As keys were made when this migration was: 256 random bits and a checksum over prefix and bits. */
function newTestPublishableKey(): string {
  const text = `oc_pk_test_${toBase62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)}`
  return `${text}${toBase62(BigInt(crc32(text)), 6)}`
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function toBase62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text
  return text
}
