import { sql } from 'kysely'
import { newSecret } from '../packages/server/src/keys/key-format.ts'
import { createPepper } from '../packages/server/src/keys/pepper.ts'
import { type Database, type DatabaseAddress, openDatabase } from '../packages/server/src/store/open-database.ts'

/** How far a store has grown before the load begins. */
export interface Growth {
  readonly users: number
  readonly requests: number
}

export const pepperOfBench = 'a pepper for the benchmark'
/** Whose keys are used. */
const callersMax = 5000
/** What each call of the past cost in microcredits, and a tenth of it for the partner. */
const cost = 1000
const share = 100
const granted = 100_000_000_000

/**
 * Fills a migrated store with users who have credits and with settled calls of theirs, as the server would have written
 * them: `opencredits ledger verify` finds them right. @returns keys of users from all over the table.
 */
export async function seedStore(
  address: DatabaseAddress,
  partnerId: string,
  growth: Growth,
): Promise<readonly string[]> {
  const db = openDatabase(address, { isPatient: true })
  await numbers(db, 'people', growth.users)
  await numbers(db, 'calls', growth.requests)
  await sql`insert into users (id, created_at_ms) select ${id('usr', 'n')}, n from people`.execute(db)
  const [each, more] = [Math.floor(growth.requests / growth.users), growth.requests % growth.users]
  await sql`insert into wallets (user_id, posted_microcredits, held_microcredits)
    select ${id('usr', 'n')}, ${bigint(granted)} - ${bigint(cost + share)} * (${bigint(each)} + case when n < ${bigint(more)} then 1 else 0 end), 0
    from people`.execute(db)
  await sql`insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
    select 'grant:' || n, 'operator:grants', 'wallet:' || ${id('usr', 'n')}, ${bigint(granted)}, 'grant', 'grant:' || n, n from people`.execute(
    db,
  )
  await sql`insert into keys (id, kind, secret_hash, last_four, user_id, partner_id, source, created_at_ms)
    select ${id('key', 'n')}, 'user', 'seed-' || n, '0000', ${id('usr', 'n')}, ${sql.lit(partnerId)}, 'named', n from people`.execute(
    db,
  )
  await seedCalls(db, partnerId, growth.users)
  const keys = await giveSecrets(db, growth.users)
  await sql`drop table people`.execute(db)
  await sql`drop table calls`.execute(db)
  await db.destroy()
  return keys
}

async function giveSecrets(db: Database, users: number): Promise<readonly string[]> {
  const pepper = createPepper(pepperOfBench)
  const callers = Math.min(users, callersMax)
  const step = Math.floor(users / callers)
  const keys = Array.from({ length: callers }, () => newSecret('sk', true))
  await db.transaction().execute(async (transaction) => {
    for (const [caller, key] of keys.entries())
      await transaction
        .updateTable('keys')
        .set({ secret_hash: pepper.hash('secret', key) })
        .where('id', '=', `key_${String(caller * step).padStart(idDigits, '0')}`)
        .execute()
  })
  return keys
}

const idDigits = 24

/** An id of a number, in SQL of either engine. */
function id(prefix: string, number: string) {
  const text = `cast(${number} as text)`
  return sql.raw(`'${prefix}_' || substr('${'0'.repeat(idDigits)}', length(${text}) + 1) || ${text}`)
}

function bigint(value: number) {
  return sql.raw(`cast(${value} as bigint)`)
}

/** Numbers from 0, each its row. */
async function numbers(db: Database, table: string, count: number): Promise<void> {
  await sql`create table ${sql.ref(table)} (n bigint primary key)`.execute(db)
  await sql`insert into ${sql.ref(table)} with recursive counted(n) as (
      select 0 where ${sql.lit(count)} > 0 union all select n + 1 from counted where n + 1 < ${sql.lit(count)})
    select n from counted`.execute(db)
}

async function seedCalls(db: Database, partnerId: string, users: number): Promise<void> {
  const user = id('usr', `(n % ${users})`)
  const key = id('key', `(n % ${users})`)
  await sql`insert into requests (id, user_id, key_id, partner_id, endpoint, model, provider, is_stream, billed_to, state, ending, http_status,
      is_estimated, estimated_input_tokens, progress_output_tokens, input_tokens, output_tokens, price, share_basis_points, fee_basis_points,
      hold_microcredits, provider_cost_microcredits, share_microcredits, fee_microcredits, charge_microcredits, shortfall_microcredits,
      created_at_ms, ended_at_ms)
    select ${id('req', 'n')}, ${user}, ${key}, ${sql.lit(partnerId)}, 'chat_completions', 'openai/gpt-4o', 'openai', 0, 'credits', 'settled', 'completed', 200,
      0, 80, 0, 20, 7, '{"rates":{},"tiers":[]}', 1000, 0, 5000, ${sql.lit(cost)}, ${sql.lit(share)}, 0, ${sql.lit(cost + share)}, 0, n, n + 1 from calls`.execute(
    db,
  )
  for (const [code, account, amount] of [
    ['usage_cost', 'operator:provider_cost', cost],
    ['usage_share', `partner:${partnerId}`, share],
  ] as const) {
    await sql`insert into transfers (id, debit_account, credit_account, amount_microcredits, code, cause_id, created_at_ms)
      select 'request:' || ${id('req', 'n')} || ${sql.lit(`:${code}`)}, 'wallet:' || ${user}, ${sql.lit(account)}, ${sql.lit(amount)}, ${sql.lit(code)}, ${id('req', 'n')}, n from calls`.execute(
      db,
    )
  }
}
