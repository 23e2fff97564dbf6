import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Keys of one app share a budget: windows and holds count by budget, which is a consent's, a merged guest's or a key's
 * own. Users who signed in to an app before consents existed get one without a limit, so that their keys keep working.
 */
export function scopesMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await addColumns(db)
      await countByBudget(db, engine)
      await consentToKnownApps(db, engine)
      await countKeyChanges(db, engine)
    },
  }
}

async function addColumns(db: Kysely<unknown>): Promise<void> {
  const columns = [
    ['keys', 'budget_id', sql`text`],
    ['keys', 'idle_from_ms', sql`bigint`],
    ['keys', 'session_id', sql`text`],
    ['consent_requests', 'session_id', sql`text`],
    ['purchases', 'raises_budget', sql`integer not null default 0`],
  ] as const
  for (const [table, name, type] of columns)
    await sql`alter table ${sql.ref(table)} add column ${sql.ref(name)} ${type}`.execute(db)
  await sql`create index keys_by_budget on keys (budget_id) where budget_id is not null`.execute(db)
}

async function countByBudget(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  await sql`alter table holds rename column key_id to budget_id`.execute(db)
  await sql`alter table transfers rename column budget_key_id to budget_id`.execute(db)
  if (engine === 'postgres') {
    await sql`alter table key_windows drop constraint key_windows_key_id_fkey`.execute(db)
    await sql`alter table key_windows rename column key_id to budget_id`.execute(db)
    await sql`alter table key_windows add column limit_microcredits bigint`.execute(db)
    return
  }
  await sql`create table key_windows_by_budget (
    budget_id text not null, window_start_ms bigint not null,
    spent_microcredits bigint not null check (spent_microcredits >= 0),
    held_microcredits bigint not null check (held_microcredits >= 0), limit_microcredits bigint,
    primary key (budget_id, window_start_ms)) without rowid`.execute(db)
  await sql`insert into key_windows_by_budget
    select key_id, window_start_ms, spent_microcredits, held_microcredits, null from key_windows`.execute(db)
  await db.schema.dropTable('key_windows').execute()
  await db.schema.alterTable('key_windows_by_budget').renameTo('key_windows').execute()
}

/** A key with a budget of its own keeps that one. Disuse counts from now on: nobody could know of it before. */
async function consentToKnownApps(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const id =
    engine === 'sqlite'
      ? sql`'con_' || lower(hex(randomblob(16)))`
      : sql`'con_' || replace(gen_random_uuid()::text, '-', '')`
  const nowMs = engine === 'sqlite' ? sql`unixepoch() * 1000` : sql`cast(extract(epoch from now()) * 1000 as bigint)`
  const ofApps = sql`kind = 'user' and revoked_at_ms is null and budget_microcredits is null
    and source in ('checkout', 'login', 'grant', 'named')
    and exists (select 1 from users where users.id = keys.user_id and users.email is not null)`
  await sql`insert into consents (id, user_id, partner_id, created_at_ms, updated_at_ms)
    select ${id}, user_id, partner_id, created_at_ms, created_at_ms from (
      select user_id, partner_id, min(created_at_ms) as created_at_ms from keys where ${ofApps} group by user_id, partner_id
    ) as connected`.execute(db)
  await sql`update keys set consent_id = (
      select consents.id from consents where consents.user_id = keys.user_id and consents.partner_id = keys.partner_id)
    where ${ofApps}`.execute(db)
  await sql`update keys set idle_from_ms = ${nowMs} where kind = 'user' and source in ('checkout', 'login', 'grant')`.execute(
    db,
  )
}

/** What every use of a key writes is no change of the key: servers would read all their keys again. */
async function countKeyChanges(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const columns = sql.join(
    [
      ...['secret_hash', 'previous_secret_hash', 'previous_secret_until_ms', 'user_id', 'partner_id', 'source'],
      ...['budget_microcredits', 'budget_window', 'budget_id', 'consent_id', 'requests_per_minute', 'models'],
      ...['expires_at_ms', 'idle_from_ms', 'revoked_at_ms'],
    ].map((name) => sql.ref(name)),
  )
  if (engine === 'sqlite') {
    await sql`drop trigger keys_count_update`.execute(db)
    await sql`create trigger keys_count_update after update of ${columns} on keys
      begin update change_counts set changes = changes + 1 where name = 'keys'; end`.execute(db)
    return
  }
  await sql`drop trigger keys_count_changes on keys`.execute(db)
  await sql`create trigger keys_count_changes after update of ${columns} or delete on keys
    for each statement execute function count_key_change()`.execute(db)
}
