import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { requestRow } from '../e2e/test-store.ts'
import { requestsQuery } from '../packages/server/src/credits/list-requests.ts'
import { readConversion } from '../packages/server/src/earnings/read-conversion.ts'
import { readFigures } from '../packages/server/src/earnings/read-figures.ts'
import { dayMs } from '../packages/server/src/kernel/clock.ts'
import { readPeriod } from '../packages/server/src/lists/period.ts'
import { rollUpCalls } from '../packages/server/src/partners/roll-up-calls.ts'
import { migrateToLatest } from '../packages/server/src/store/migrate.ts'
import { openDatabase } from '../packages/server/src/store/open-database.ts'

/** How long the console's pages wait for a month of a million calls: `node bench/partner-month.ts`. */

const calls = 1_000_000
const users = 2000
const nowMs = Date.now()
const path = join(tmpdir(), `partner-month-${process.pid}.db`)
const db = openDatabase({ engine: 'sqlite', location: path }, { isPatient: true })
await migrateToLatest(db, 'sqlite')

// Only one call is made here; the store copies it, each to another moment, user and model.
const row = { ...requestRow({ id: 'req_0', userId: 'usr_0', model: 'a/0', atMs: nowMs }), partner_id: 'par_1' }
const columns = Object.keys(row)
const changed: Readonly<Record<string, string>> = {
  id: "'req_' || n",
  user_id: `'usr_' || (n % ${users})`,
  model: "'a/' || (n % 7)",
  created_at_ms: `${nowMs - 30 * dayMs} + n * ${(30 * dayMs) / calls}`,
  ended_at_ms: `cast(${nowMs - 30 * dayMs} + n * ${(30 * dayMs) / calls} as integer)`,
  share_microcredits: 'n % 1000',
}
await sql`pragma foreign_keys = off`.execute(db)
await db
  .insertInto('partners')
  .values({
    ...{ id: 'par_1', name: 'App', email: '', publishable_key: 'oc_pk_1', share_basis_points: 1000 },
    ...{ allowed_models: null, logo_url: null, accent_color: null, created_at_ms: 0, updated_at_ms: 0 },
  })
  .execute()
await db.insertInto('requests').values(row).execute()
await sql`insert into requests (${sql.join(columns.map((name) => sql.ref(name)))})
  with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(calls)})
  select ${sql.join(columns.map((name) => (changed[name] === undefined ? sql.ref(`one.${name}`) : sql.raw(changed[name]))))}
  from numbers cross join (select * from requests where id = 'req_0') as one`.execute(db)
while (await rollUpCalls(db, nowMs));
await sql`analyze`.execute(db)

const period = readPeriod({ time_zone: 'Europe/Berlin' }, nowMs)
const noFilter = { model: null, app: null, key: null, status: null, period: null }
const list = (filter: Partial<typeof noFilter>, column: 'partner_id' | 'user_id', id: string) =>
  requestsQuery({ column, id }, { filter: { ...noFilter, ...filter }, limit: 51, after: null }).execute(db)
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  'earnings by day': () => readFigures(db, 'par_1', { period, grouping: 'day' }),
  'earnings by model': () => readFigures(db, 'par_1', { period, grouping: 'model' }),
  'earnings by user': () => readFigures(db, 'par_1', { period, grouping: 'user' }),
  conversion: () => readConversion(db, 'par_1', period),
  'newest requests': () => list({}, 'partner_id', 'par_1'),
  'requests of a user': () => list({}, 'user_id', 'usr_7'),
}
for (const [name, read] of Object.entries(pages)) {
  const startedMs = performance.now()
  await read()
  process.stdout.write(`${name}: ${Math.round(performance.now() - startedMs)} ms\n`)
}
await db.destroy()
rmSync(path)
