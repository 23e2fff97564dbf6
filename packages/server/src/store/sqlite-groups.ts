import type SqliteDatabase from 'better-sqlite3'
import type { CommitTogether } from './group-commit.ts'
import type { Database, DatabaseTransaction } from './open-database.ts'
import type { Session, StatementText } from './statement.ts'
import { tellFailure } from './store-failure.ts'

/** A group's transaction: for Kysely's queries, and for statements. */
export interface SqliteContext {
  readonly transaction: DatabaseTransaction
  readonly session: Session
}

/** SQLite has one writer: works run one after the other in one transaction. */
export function commitOnSqlite(db: Database, database: SqliteDatabase.Database): CommitTogether<SqliteContext> {
  const session = sqliteSession(database)
  return (works) =>
    // Through Kysely, which lends the connection to nobody else meanwhile.
    db.transaction().execute(async (transaction) => {
      const results: unknown[] = []
      for (const work of works) results.push(await work({ transaction, session }))
      return results
    })
}

/** Runs statements on the connection as it stands; whoever uses it owns the transaction. */
function sqliteSession(database: SqliteDatabase.Database): Session {
  const prepared = new Map<StatementText, SqliteDatabase.Statement<unknown[]>>()
  const prepare = (text: StatementText) => {
    const known = prepared.get(text) ?? database.prepare<unknown[]>(text.questioned)
    prepared.set(text, known)
    return known
  }
  return {
    async execute<Row>(text: StatementText, parameters: readonly (string | number | null)[]) {
      try {
        const statement = prepare(text)
        if (!statement.reader) return { rows: [], changed: statement.run(...parameters).changes }
        const rows = statement.all(...parameters) as Row[]
        return { rows, changed: rows.length }
      } catch (error) {
        throw tellFailure(error)
      }
    },
  }
}
