import SqliteDatabase from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type Transaction,
  type TransactionSettings,
} from 'kysely'
import pg from 'pg'
import { assert } from '../kernel/assert.ts'
import { keepPrivate } from './private-file.ts'
import { refuseAfterRollback } from './rolled-back.ts'
import type { Schema } from './schema.ts'
import { postgresEngine, type StoreEngine, sqliteEngine } from './store-engine.ts'
import { tellFailures } from './store-failure.ts'
import { type FileSync, syncOfFile } from './write-through.ts'

/** The store, whichever engine is behind it. */
export type Database = Kysely<Schema>
export type DatabaseTransaction = Transaction<Schema>
/** Reads may run inside or outside a transaction. */
export type DatabaseReader = Kysely<Schema>

export type DatabaseEngine = 'sqlite' | 'postgres'

export interface DatabaseAddress {
  readonly engine: DatabaseEngine
  /** A file path (or `:memory:`) for SQLite, a connection string for PostgreSQL. */
  readonly location: string
}

export interface DatabaseOptions {
  /** Connections to PostgreSQL that this process may have at once. Default 10. */
  readonly poolMax?: number
  /** For commands and migrations: a statement may take as long as it takes, and a lock is waited for. */
  readonly isPatient?: boolean
}

/** Opens the store; the caller migrates (`migrateToLatest`) and destroys it. A SQLite file and its folder are made, for their owner only. */
export function openDatabase(address: DatabaseAddress, options: DatabaseOptions = {}): Database {
  return address.engine === 'sqlite' ? openSqlite(address.location, options) : openPostgres(address.location, options)
}

const engines = new WeakMap<Database, StoreEngine>()

/** How an open store commits. */
export function engineOf(db: Database): StoreEngine {
  const engine = engines.get(db)
  assert(engine !== undefined, 'a store is opened with openDatabase')
  return engine
}

function openSqlite(path: string, options: DatabaseOptions): Database {
  const database = openSqliteFile(path, options)
  const wal = syncOfFile(`${path}-wal`)
  const db: Database = new Kysely<Schema>({ dialect: tellFailures(new ImmediateSqliteDialect(database, wal)) })
  engines.set(db, sqliteEngine(db, database, wal))
  return db
}

function openSqliteFile(path: string, options: DatabaseOptions): SqliteDatabase.Database {
  if (path !== ':memory:') keepPrivate(path)
  const database = new SqliteDatabase(path)
  database.pragma('journal_mode = WAL')
  // A commit does not wait for the disk here: FULL would hold up the whole process for each. Whoever was promised `disk`
  // is answered once the log is written through (`write-through.ts`), which is what FULL does, but beside the process.
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  // A checkpoint waits for the disk: one for every 40 MB of changes, not for every four.
  database.pragma('wal_autocheckpoint = 10000')
  // Pages of the indexes of a million rows: SQLite's own 2 MB would read them from the file for every call.
  database.pragma('cache_size = -65536')
  // The whole process waits for a lock, so a server waits briefly and often (`transact` tries again).
  database.pragma(`busy_timeout = ${options.isPatient === true ? 60_000 : 2_000}`)
  return database
}

/** A transaction that reads before it writes must own the write lock from the start, or another process may slip in between. */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase.Database
  readonly #wal: FileSync

  constructor(database: SqliteDatabase.Database, wal: FileSync) {
    super({ database })
    this.#database = database
    this.#wal = wal
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter()
  }

  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver(this.#database, this.#wal)
  }
}

/** SQLite undoes changes of the schema with their transaction, so a migration that is cut off has done nothing. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: SqliteDatabase.Database
  readonly #wal: FileSync
  /** From the begin of a transaction to its commit or rollback, whatever SQLite has done meanwhile. */
  #isInTransaction = false

  constructor(database: SqliteDatabase.Database, wal: FileSync) {
    const beforeEach = () => {
      if (this.#isInTransaction) refuseAfterRollback(database)
    }
    super({ database: withStatementCache(database, beforeEach) })
    this.#database = database
    this.#wal = wal
  }

  override async destroy(): Promise<void> {
    await this.#wal.close()
    await super.destroy()
  }

  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    // A snapshot to read from needs no lock: whoever writes goes on.
    const isReadOnly = settings?.accessMode === 'read only'
    await connection.executeQuery(CompiledQuery.raw(isReadOnly ? 'begin' : 'begin immediate'))
    this.#isInTransaction = true
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await super.commitTransaction(connection)
    this.#isInTransaction = false
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    this.#isInTransaction = false
    // SQLite may have done it by itself, and an error of a second rollback would hide why.
    if (this.#database.inTransaction) await super.rollbackTransaction(connection)
  }
}

const cachedStatementsMax = 500

/** Preparing a statement costs more than running it, and Kysely prepares at each call. */
function withStatementCache(database: SqliteDatabase.Database, beforeEach: () => void) {
  const statements = new Map<string, SqliteDatabase.Statement<unknown[]>>()
  return {
    close: () => database.close(),
    prepare: (text: string) => {
      beforeEach()
      const known = statements.get(text)
      if (known !== undefined) return known
      if (statements.size >= cachedStatementsMax) statements.clear()
      const statement = database.prepare<unknown[]>(text)
      statements.set(text, statement)
      return statement
    },
  }
}

const int8TypeId = 20

/** Connections for steps: one group of each step runs at a time. */
const stepConnections = 4

function openPostgres(connectionString: string, options: DatabaseOptions): Database {
  const pool = createPool({ ...poolConfig(connectionString, options), max: options.poolMax ?? 10 })
  const pipelined = createPool({ ...poolConfig(connectionString, options), max: stepConnections, pipeline: true })
  // Kysely's pool, and with it the other one is closed.
  const both = {
    options: pool.options,
    connect: () => pool.connect(),
    end: async () => {
      await pipelined.end()
      await pool.end()
    },
  }
  const db: Database = new Kysely<Schema>({ dialect: tellFailures(new PostgresDialect({ pool: both })) })
  engines.set(db, postgresEngine(db, pipelined))
  return db
}

function poolConfig(connectionString: string, options: DatabaseOptions): pg.PoolConfig {
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8TypeId, (text: string) => {
    const value = Number(text)
    assert(Number.isSafeInteger(value), 'a bigint column left the range of safe integers')
    return value
  })
  return {
    connectionString,
    types,
    application_name: 'opencredits',
    connectionTimeoutMillis: 5_000,
    // A dead network says nothing: without these a connection would be waited for for ever.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    ...(options.isPatient === true ? {} : { statement_timeout: 30_000, query_timeout: 35_000, lock_timeout: 10_000 }),
  }
}

function createPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config)
  // Without listeners a connection that breaks would end the process, idle or between two statements of a transaction;
  // the next query reports it, and the pool makes a new one.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
