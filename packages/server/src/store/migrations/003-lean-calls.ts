import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * What every call touches is made small. Holds are kept as long as they are open and not for ever; what was spent in a
 * window of a key's budget is told by the transfers themselves, which stay. Calls keep fewer indexes, and a change of
 * keys is counted, so that keys need not be read for each call.
 */
export function leanCallsMigration(engine: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('transfers').addColumn('budget_key_id', 'text').execute()
      await db.schema.alterTable('transfers').addColumn('budget_window_start_ms', 'bigint').execute()
      await tellBudgets(db, engine)
      await keepOpenHolds(db, engine)
      await slimIndexes(db)
      await countKeyChanges(db, engine)
    },
  }
}

/** The one change that transfers ever see: the guard against changes is put aside for it. */
async function tellBudgets(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const guard =
    engine === 'sqlite'
      ? {
          off: sql`drop trigger transfers_no_update`,
          on: sql`create trigger transfers_no_update before update on transfers
            begin select raise(abort, 'transfers are append-only'); end`,
        }
      : {
          off: sql`alter table transfers disable trigger transfers_append_only`,
          on: sql`alter table transfers enable trigger transfers_append_only`,
        }
  await guard.off.execute(db)
  await sql`update transfers set budget_key_id = holds.key_id, budget_window_start_ms = holds.window_start_ms from holds
    where holds.id = transfers.cause_id and holds.window_start_ms is not null
      and transfers.code in ('usage_cost', 'usage_share', 'usage_fee')`.execute(db)
  await guard.on.execute(db)
}

/**
 * Who a call is of was read a moment before, and nobody takes users, keys or partners away: their rows are not looked up
 * (and on PostgreSQL locked) once more for each row of a call. `ledger verify` looks for strays.
 */
async function keepOpenHolds(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  await sql`delete from holds where state not in ('placed', 'sent')`.execute(db)
  await db.schema.dropIndex('holds_open').execute()
  await db.schema.dropIndex('holds_by_user').execute()
  if (engine === 'sqlite') return rebuildByKey(db)
  await db.schema.alterTable('holds').dropColumn('resolved_at_ms').execute()
  for (const [table, column] of [
    ...[['holds', 'user_id'] as const, ['holds', 'key_id'] as const],
    ...[['requests', 'user_id'] as const, ['requests', 'key_id'] as const, ['requests', 'partner_id'] as const],
  ])
    await db.schema.alterTable(table).dropConstraint(`${table}_${column}_fkey`).execute()
  // Every call leaves a dead row there: swept up by number, not by share of a table that is always small.
  await sql`alter table holds set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`.execute(db)
}

/** Rows that are only ever found by their key lie in its own tree: one way down instead of two. */
async function rebuildByKey(db: Kysely<unknown>): Promise<void> {
  await sql`create table holds_by_key (
    id text primary key, user_id text not null, key_id text not null, window_start_ms bigint,
    amount_microcredits bigint not null check (amount_microcredits >= 0), state text not null, server_id text not null,
    created_at_ms bigint not null, expires_at_ms bigint not null) without rowid`.execute(db)
  await sql`insert into holds_by_key select id, user_id, key_id, window_start_ms, amount_microcredits, state, server_id,
    created_at_ms, expires_at_ms from holds`.execute(db)
  await sql`create table wallets_by_key (
    user_id text primary key references users (id), posted_microcredits bigint not null,
    held_microcredits bigint not null check (held_microcredits >= 0)) without rowid`.execute(db)
  await sql`insert into wallets_by_key select user_id, posted_microcredits, held_microcredits from wallets`.execute(db)
  for (const table of ['holds', 'wallets']) {
    await db.schema.dropTable(table).execute()
    await db.schema.alterTable(`${table}_by_key`).renameTo(table).execute()
  }
}

/**
 * Who reads an account reads what came after its roll-up, in the order of the rows themselves. The roll-ups are made anew:
 * all are up to the same transfer from now on.
 */
async function slimIndexes(db: Kysely<unknown>): Promise<void> {
  await sql`delete from account_roll_ups`.execute(db)
  for (const index of ['transfers_by_cause', 'transfers_by_debit_account', 'transfers_by_credit_account'])
    await db.schema.dropIndex(index).execute()
  await sql`create index requests_settled_by_user on requests (user_id, ended_at_ms, id) where state = 'settled'`.execute(
    db,
  )
  await db.schema.dropIndex('requests_by_user_state').execute()
}

/** A server that keeps keys asks for one number to know whether it still may. */
async function countKeyChanges(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  await db.schema
    .createTable('change_counts')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('changes', 'bigint', (column) => column.notNull())
    .execute()
  await sql`insert into change_counts (name, changes) values ('keys', 0)`.execute(db)
  if (engine === 'sqlite') {
    for (const verb of ['update', 'delete'])
      await sql`create trigger ${sql.ref(`keys_count_${verb}`)} after ${sql.raw(verb)} on keys
        begin update change_counts set changes = changes + 1 where name = 'keys'; end`.execute(db)
    return
  }
  await sql`create function count_key_change() returns trigger language plpgsql as
    $$ begin update change_counts set changes = changes + 1 where name = 'keys'; return null; end $$`.execute(db)
  await sql`create trigger keys_count_changes after update or delete on keys
    for each statement execute function count_key_change()`.execute(db)
}
