import { sql } from 'kysely'
import { newSecret } from '../packages/server/src/keys/key-format.ts'
import { createPepper } from '../packages/server/src/keys/pepper.ts'
import { type Database, openDatabase } from '../packages/server/src/store/open-database.ts'

/** How far a store has grown before the load begins. */
export interface Growth {
  readonly users: number
  readonly requests: number
}

export const pepperOfBench = 'a pepper for the benchmark'
const callers = 500
/** What each call of the past cost: ten credits' cents, and a tenth of it for the partner. */
const cost = 1000
const share = 100
const granted = 100_000_000_000

/**
 * Fills a migrated SQLite store with users who have credits and with settled calls of theirs, as the server would have
 * written them: `opencredits ledger verify` finds them right. @returns keys of users from all over the table.
 */
export async function seedStore(path: string, partnerId: string, growth: Growth): Promise<readonly string[]> {
  const db = openDatabase({ engine: 'sqlite', location: path }, { isPatient: true })
  await numbers(db, 'people', growth.users)
  await numbers(db, 'calls', growth.requests)
  const id = (prefix: string, column: string) => sql.raw(`printf('${prefix}_%024d', ${column})`)
  await sql`insert into users (id, created_at_ms) select ${id('usr', 'n')}, n from people`.execute(db)
  await sql`insert into wallets (user_id, posted_microcredits, held_microcredits)
    select ${id('usr', 'n')}, ${granted} - ${cost + share} * (${Math.floor(growth.requests / growth.users)} + (n < ${growth.requests % growth.users})), 0 from people`.execute(
    db,
  )
  await sql`insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
    select 'grant:' || n, 'operator:grants', 'wallet:' || ${id('usr', 'n')}, ${granted}, 'grant', 'grant:' || n, n from people`.execute(
    db,
  )
  const step = Math.floor(growth.users / callers)
  await sql`insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, created_at_ms)
    select ${id('key', 'n')}, 'user', 'seed-' || n, '0000', ${id('usr', 'n')}, ${partnerId}, 'checkout', n from people`.execute(
    db,
  )
  await seedCalls(db, partnerId, growth.users, id)
  const pepper = createPepper(pepperOfBench)
  const keys: string[] = []
  for (let caller = 0; caller < callers; caller += 1) {
    const key = newSecret('sk')
    keys.push(key)
    await sql`update keys set secret_hash = ${pepper.hash('secret', key)} where id = ${`key_${String(caller * step).padStart(24, '0')}`}`.execute(
      db,
    )
  }
  await sql`drop table people`.execute(db)
  await sql`drop table calls`.execute(db)
  await db.destroy()
  return keys
}

/** Numbers from 0, each its row. */
async function numbers(db: Database, table: string, count: number): Promise<void> {
  await sql`create table ${sql.ref(table)} (n integer primary key)`.execute(db)
  await sql`insert into ${sql.ref(table)} with recursive counted(n) as (select 0 where ${count} > 0 union all select n + 1 from counted where n + 1 < ${count}) select n from counted`.execute(
    db,
  )
}

async function seedCalls(
  db: Database,
  partnerId: string,
  users: number,
  id: (prefix: string, column: string) => ReturnType<typeof sql>,
): Promise<void> {
  const user = id('usr', `n % ${users}`)
  const key = id('key', `n % ${users}`)
  await sql`insert into holds (id, user_id, key_id, amount_microcredits, state, server_id, created_at_ms, expires_at_ms, resolved_at_ms)
    select ${id('req', 'n')}, ${user}, ${key}, 5000, 'settled', 'srv_seed', n, n + 1, n + 1 from calls`.execute(db)
  await sql`insert into requests (id, user_id, key_id, partner_id, endpoint, model, provider, is_stream, billed_to, state, ending, http_status,
      is_estimated, estimated_input_tokens, progress_output_tokens, input_tokens, output_tokens, price, share_basis_points, fee_basis_points,
      hold_microcredits, provider_cost_microcredits, share_microcredits, fee_microcredits, charge_microcredits, shortfall_microcredits,
      created_at_ms, ended_at_ms)
    select ${id('req', 'n')}, ${user}, ${key}, ${partnerId}, 'chat_completions', 'openai/gpt-4o', 'openai', 0, 'credits', 'settled', 'completed', 200,
      0, 80, 0, 20, 7, '{"rates":{},"tiers":[]}', 1000, 0, 5000, ${cost}, ${share}, 0, ${cost + share}, 0, n, n + 1 from calls`.execute(
    db,
  )
  for (const [code, account, amount] of [
    ['usage_cost', 'operator:provider_cost', cost],
    ['usage_share', `partner:${partnerId}`, share],
  ] as const) {
    await sql`insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
      select 'request:' || ${id('req', 'n')} || ${`:${code}`}, 'wallet:' || ${user}, ${account}, ${amount}, ${code}, ${id('req', 'n')}, n from calls`.execute(
      db,
    )
  }
}
