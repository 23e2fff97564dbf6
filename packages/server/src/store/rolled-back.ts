import type SqliteDatabase from 'better-sqlite3'

/**
 * Refuses a statement of a transaction that SQLite has rolled back by itself, as it does when the disk is full or fails
 * (https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction). It would be committed on its own:
 * statements that were issued together with the one that failed still come.
 */
export function refuseAfterRollback(database: SqliteDatabase.Database): void {
  if (database.inTransaction) return
  throw Object.assign(new Error('SQLite has rolled this transaction back.'), { code: 'SQLITE_ABORT_ROLLBACK' })
}
