import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { microcredits } from '../packages/server/src/kernel/microcredits.ts'
import { partnerAccount } from '../packages/server/src/ledger/chart-of-accounts.ts'
import { type HoldPlan, type HoldRequest, type PlaceOutcome, placeHolds } from '../packages/server/src/ledger/hold.ts'
import { postTransfers } from '../packages/server/src/ledger/post-transfers.ts'
import { type Resolution, type ResolveOutcome, resolveHolds } from '../packages/server/src/ledger/settle-hold.ts'
import { migrateToLatest } from '../packages/server/src/store/migrate.ts'
import { type Database, openDatabase } from '../packages/server/src/store/open-database.ts'
import { runStep, type Step } from '../packages/server/src/store/step.ts'
import { transact } from '../packages/server/src/store/transact.ts'
import { createDatabase } from './stack.ts'

/** A store without a server, on the engine that the run of the tests is about. */
export interface TestStore {
  readonly db: Database
  readonly engine: 'sqlite' | 'postgres'
  /** Runs a text on a connection of its own, as an operator would. */
  run(text: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

export async function openTestStore(postgresUrl: string | undefined): Promise<TestStore> {
  const store = await openEmptyStore(postgresUrl)
  await migrateToLatest(store.db, store.engine)
  return store
}

/** One without a schema. */
export async function openEmptyStore(postgresUrl: string | undefined): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-store-'))
  const address =
    postgresUrl === undefined
      ? ({ engine: 'sqlite', location: join(folder, 'test.db') } as const)
      : ({ engine: 'postgres', location: await createDatabase(postgresUrl) } as const)
  const db = openDatabase(address)
  return {
    db,
    engine: address.engine,
    run: (text, parameters = []) =>
      address.engine === 'sqlite'
        ? runOnSqlite(address.location, text, parameters)
        : runOnPostgres(address.location, text, parameters),
    async close() {
      await db.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a text on the store of an installation, as an operator would. @param url as in `DATABASE_URL`. */
export async function runOnStore(url: string, text: string): Promise<void> {
  if (url.startsWith('sqlite:')) await runOnSqlite(url.slice('sqlite:'.length), text, [])
  else await runOnPostgres(url, text, [])
}

async function runOnSqlite(path: string, text: string, parameters: readonly unknown[]) {
  const connection = new Sqlite(path)
  try {
    const statement = connection.prepare<unknown[], Record<string, unknown>>(text)
    if (statement.reader) return statement.all(...parameters)
    statement.run(...parameters)
    return []
  } finally {
    connection.close()
  }
}

async function runOnPostgres(location: string, text: string, parameters: readonly unknown[]) {
  const client = new pg.Client({ connectionString: location })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, [...parameters])).rows
  } finally {
    await client.end()
  }
}

/** Partner `par_1` with a share of 10 %, and users with a key each (`key_` and the user's id). */
export async function addPeople(db: Database, userIds: readonly string[]): Promise<void> {
  const terms = { name: 'p', email: 'p@example.com', publishable_key: 'oc_pk_1', share_basis_points: 1000 }
  await db
    .insertInto('partners')
    .values({ id: 'par_1', ...terms, created_at_ms: 0, updated_at_ms: 0 })
    .execute()
  for (const id of userIds) {
    await db.insertInto('users').values({ id, created_at_ms: 0 }).execute()
    const key = { id: `key_${id}`, secret_hash: id, last_four: '0000', user_id: id, partner_id: 'par_1' }
    await db
      .insertInto('keys')
      .values({ ...key, kind: 'user', source: 'checkout', created_at_ms: 0 })
      .execute()
  }
}

/** Credits from nowhere, in the ledger. */
export async function grant(db: Database, userId: string, amount: number, atMs: number): Promise<void> {
  const id = `grant:${userId}:${atMs}`
  const transfer = { id, debitAccount: 'operator:grants', creditAccount: `wallet:${userId}`, causeId: id } as const
  await transact(db, (transaction) =>
    postTransfers(transaction, [{ ...transfer, code: 'grant', amountMicrocredits: microcredits(amount) }], atMs),
  )
}

export interface TestCall {
  readonly id: string
  readonly userId: string
  readonly model: string
  readonly costMicrocredits: number
  readonly atMs: number
}

/** A settled call: its hold, its transfers (a tenth on top for the partner) and its row. */
export async function addCall(db: Database, call: TestCall): Promise<void> {
  const share = Math.round(call.costMicrocredits / 10)
  const total = microcredits(call.costMicrocredits + share)
  const { id, userId, atMs } = call
  await runStep(db, admission, {
    ...{ id, userId, budgetId: `key_${userId}`, budget: null, guestBudgetId: null, serverId: 'srv_1' },
    ...{ createdAtMs: atMs, expiresAtMs: atMs + 1000 },
    plan: () => ({ amountMicrocredits: total, state: 'placed' }),
  })
  const settlement = {
    costMicrocredits: microcredits(call.costMicrocredits),
    shareMicrocredits: microcredits(share),
    feeMicrocredits: microcredits(0),
    partnerAccount: partnerAccount('par_1'),
    livemode: true,
    budgetMicrocredits: null,
    isEstimated: false,
  }
  await runStep(db, resolution, { holdId: id, settlement, nowMs: atMs })
  await db
    .insertInto('requests')
    .values({
      ...requestRow(call),
      provider_cost_microcredits: call.costMicrocredits,
      share_microcredits: share,
      charge_microcredits: total,
    })
    .execute()
}

const admission: Step<HoldRequest<HoldPlan>, PlaceOutcome<HoldPlan>> = { run: placeHolds }
const resolution: Step<Resolution, ResolveOutcome> = { run: resolveHolds }

/** The row of a settled call. */
export function requestRow({ id, userId, model, atMs }: Omit<TestCall, 'costMicrocredits'>) {
  return {
    id,
    user_id: userId,
    key_id: `key_${userId}`,
    partner_id: 'par_1',
    endpoint: 'messages',
    model,
    provider: 'anthropic',
    is_stream: 0,
    billed_to: 'credits',
    state: 'settled',
    ending: 'completed',
    http_status: 200,
    is_estimated: 0,
    estimated_input_tokens: 10,
    progress_output_tokens: 0,
    input_tokens: 7,
    cache_read_tokens: 2,
    cache_write_5m_tokens: 1,
    cache_write_1h_tokens: 0,
    output_tokens: 5,
    web_searches: 0,
    price: '{}',
    share_basis_points: 1000,
    fee_basis_points: 0,
    hold_microcredits: 0,
    fee_microcredits: 0,
    shortfall_microcredits: 0,
    created_at_ms: atMs,
    ended_at_ms: atMs,
  } as const
}
