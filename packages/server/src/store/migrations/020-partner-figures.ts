import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

type Engine = 'sqlite' | 'postgres'

/**
 * What partners' figures are read by: an index of their calls in the order in which they ended, sums of quarters of an hour
 * (every time zone begins its days at one) and of users' days, and who their users are.
 */
export function partnerFiguresMigration(engine: Engine): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createRollUps(db, engine)
      await indexCalls(db)
      await createPartnerUsers(db, engine)
    },
  }
}

async function createRollUps(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('roll_up_marks')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('through_ms', 'bigint', (column) => column.notNull())
    .execute()
  await sql`insert into roll_up_marks (name, through_ms) values ('partner calls', 0)`.execute(db)
  const tables = [
    ['partner_quarters', 'quarter_ms', 'model'],
    ['partner_user_days', 'day_ms', 'user_id'],
  ] as const
  const sums = [
    ...['calls', 'input_tokens', 'output_tokens', 'charge_microcredits', 'provider_cost_microcredits'],
    ...['share_microcredits', 'fee_microcredits'],
  ]
  for (const [table, time, group] of tables) {
    let create = db.schema
      .createTable(table)
      .addColumn('partner_id', 'text', (column) => column.notNull())
      .addColumn(time, 'bigint', (column) => column.notNull())
      .addColumn(group, 'text', (column) => column.notNull())
    for (const name of sums) create = create.addColumn(name, 'bigint', (column) => column.notNull())
    // Rows lie in the order in which they are summed up.
    await create
      .addPrimaryKeyConstraint(`${table}_key`, ['partner_id', time, group])
      .modifyEnd(engine === 'sqlite' ? sql`without rowid` : sql``)
      .execute()
  }
  await sql`create index partner_user_days_by_user on partner_user_days (user_id, partner_id, day_ms)`.execute(db)
}

async function indexCalls(db: Kysely<unknown>): Promise<void> {
  // With the model in it, a search for one model passes over the others without reading their rows.
  for (const state of ['settled', 'released'])
    await sql`create index ${sql.ref(`requests_${state}_by_partner`)} on requests (partner_id, ended_at_ms, id, model)
      where state = ${sql.lit(state)}`.execute(db)
  await sql`create index purchases_by_partner on purchases (partner_id, created_at_ms)`.execute(db)
  await sql`create index users_by_merge on users (merged_into_user_id) where merged_into_user_id is not null`.execute(
    db,
  )
}

/** Whoever has a key of an app is its user. A trigger writes it down, so that no way to a key can forget it. */
async function createPartnerUsers(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('partner_users')
    .addColumn('partner_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('first_seen_ms', 'bigint', (column) => column.notNull())
    .addColumn('public_id', 'text', (column) => column.unique())
    .addPrimaryKeyConstraint('partner_users_key', ['partner_id', 'user_id'])
    .execute()
  await sql`create index partner_users_by_time on partner_users (partner_id, first_seen_ms, public_id)`.execute(db)
  await sql`create index partner_users_unnamed on partner_users (partner_id) where public_id is null`.execute(db)
  await sql`insert into partner_users (partner_id, user_id, first_seen_ms)
    select partner_id, user_id, min(created_at_ms) from keys where user_id is not null group by partner_id, user_id`.execute(
    db,
  )
  const add = (key: RawBuilder<unknown>) => sql`insert into partner_users (partner_id, user_id, first_seen_ms)
    values (${key}.partner_id, ${key}.user_id, ${key}.created_at_ms)
    on conflict (partner_id, user_id) do update set first_seen_ms = excluded.first_seen_ms
      where excluded.first_seen_ms < partner_users.first_seen_ms`
  if (engine === 'postgres') {
    await sql`create function add_partner_user() returns trigger language plpgsql as
      $$ begin ${add(sql.raw('new'))}; return null; end $$`.execute(db)
    await sql`create trigger keys_add_partner_user after insert or update of user_id on keys
      for each row when (new.user_id is not null) execute function add_partner_user()`.execute(db)
    return
  }
  for (const verb of ['insert', 'update of user_id'])
    await sql`create trigger ${sql.ref(`keys_partner_user_${verb.slice(0, 6)}`)} after ${sql.raw(verb)} on keys
      when new.user_id is not null begin ${add(sql.raw('new'))}; end`.execute(db)
}
