import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { AppError } from '../kernel/app-error.ts'

/**
 * The same dialect, whose failures to answer (no connection, too busy, too slow, no room on the disk) are told as
 * `overloaded`: the caller did nothing wrong and may come again. What is wrong with a statement stays what it is. It is
 * done at the driver, since reads go past `transact`.
 */
export function tellFailures(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => watchDriver(dialect.createDriver()),
  }
}

/** The engine's own code of what went wrong, also of a failure that was told as `overloaded`; empty where it has none. */
export function storeErrorCode(error: unknown): string {
  if (error instanceof AppError) return storeErrorCode(error.cause)
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function watchDriver(driver: Driver): Driver {
  const watched = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const originals = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const originalOf = (connection: DatabaseConnection) => originals.get(connection) ?? connection
  const watch = (connection: DatabaseConnection) => {
    const known = watched.get(connection)
    if (known !== undefined) return known
    const watching = watchConnection(connection)
    watched.set(connection, watching)
    originals.set(watching, connection)
    return watching
  }
  return {
    init: (options) => driver.init(options),
    acquireConnection: (options) => told(async () => watch(await driver.acquireConnection(options))),
    beginTransaction: (connection, settings) => told(() => driver.beginTransaction(originalOf(connection), settings)),
    commitTransaction: (connection) => told(() => driver.commitTransaction(originalOf(connection))),
    rollbackTransaction: (connection) => told(() => driver.rollbackTransaction(originalOf(connection))),
    releaseConnection: (connection, options) => driver.releaseConnection(originalOf(connection), options),
    destroy: (options) => driver.destroy(options),
  }
}

function watchConnection(connection: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: (query, options) => told(() => connection.executeQuery(query, options)),
    streamQuery: (query, chunkSize, options) => connection.streamQuery(query, chunkSize, options),
  }
}

async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw tellFailure(error)
  }
}

/** @returns what to throw in place of an error of the engine's: see `tellFailures`. */
export function tellFailure(error: unknown): unknown {
  if (!isFailureOfEngine(error)) return error
  return new AppError('overloaded', 'The store does not answer at the moment. Try again in a few seconds.', {
    retryAfterSeconds: 2,
    cause: error,
  })
}

/** Whether an error, as `tellFailure` returns it, means that the store is unavailable. False for bugs and wrong statements. */
export function isStoreFailure(error: unknown): boolean {
  return error instanceof AppError && isFailureOfEngine(error.cause)
}

function isFailureOfEngine(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // Node tries each address of a name and tells all failures at once.
  if (error instanceof AggregateError && error.errors.some(isFailureOfEngine)) return true
  const code = storeErrorCode(error)
  return code === '' ? silentFailures.test(error.message) : codesOfFailure.some((pattern) => pattern.test(code))
}

const codesOfFailure: readonly RegExp[] = [
  // https://sqlite.org/rescode.html
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|ABORT|CANTOPEN|NOMEM|READONLY|PROTOCOL)/,
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: connections, resources, shutdown, the system;
  // cancelled by a timeout, idle in a transaction, a standby that was the primary, conflicts that stayed.
  /^(08|53|58)[0-9A-Z]{3}$/,
  /^57(P0[1-5]|014)$/,
  /^(25P03|25006|40001|40P01|55P03)$/,
  // The network between.
  /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_|EHOST|ENET|ENOENT$)/,
  // The disk, when a log is written through.
  /^(EIO|ENOSPC|EDQUOT)$/,
]

/** What `pg` and its pool say without a code. */
const silentFailures =
  /^Connection terminated|timeout exceeded when trying to connect|^Query read timeout|not queryable|after calling end on the pool|has been discarded|already been destroyed|database connection is not open/
