import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  SqliteDialect,
  SqliteDriver,
  type Transaction,
} from 'kysely'
import pg from 'pg'
import { assert } from '../kernel/assert.ts'
import type { Schema } from './schema.ts'

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

/** Opens the store; the caller migrates (`migrateToLatest`) and destroys it. The directory of a SQLite file is made. */
export function openDatabase(address: DatabaseAddress): Database {
  return address.engine === 'sqlite' ? openSqlite(address.location) : openPostgres(address.location)
}

function openSqlite(path: string): Database {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const database = new SqliteDatabase(path)
  database.pragma('journal_mode = WAL')
  // FULL: what was answered as paid survives a power loss.
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('busy_timeout = 10000')
  return new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(database) })
}

/** A transaction that reads before it writes must own the write lock from the start, or another process may slip in between. */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase.Database

  constructor(database: SqliteDatabase.Database) {
    super({ database })
    this.#database = database
  }

  override createDriver(): SqliteDriver {
    return new ImmediateSqliteDriver({ database: withStatementCache(this.#database) })
  }
}

class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

const cachedStatementsMax = 500

/** Preparing a statement costs more than running it, and Kysely prepares at each call. */
function withStatementCache(database: SqliteDatabase.Database) {
  const statements = new Map<string, SqliteDatabase.Statement<unknown[]>>()
  return {
    close: () => database.close(),
    prepare: (text: string) => {
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

function openPostgres(connectionString: string): Database {
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8TypeId, (text: string) => {
    const value = Number(text)
    assert(Number.isSafeInteger(value), 'a bigint column left the range of safe integers')
    return value
  })
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    statement_timeout: 30_000,
    connectionTimeoutMillis: 10_000,
    types,
  })
  // Without a listener an idle connection that breaks would end the process; the next query reports it.
  pool.on('error', () => {})
  // The pool listens to idle connections only; one that breaks between two statements of a transaction would end the process, too.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
}
