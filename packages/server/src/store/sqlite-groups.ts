import type SqliteDatabase from 'better-sqlite3'
import type { CommitTogether } from './group-commit.ts'
import type { Database, DatabaseTransaction } from './open-database.ts'
import { refuseAfterRollback } from './rolled-back.ts'
import type { Session, StatementText } from './statement.ts'
import type { Step } from './step.ts'
import { tellFailure } from './store-failure.ts'

/** What waits for SQLite's one writer: a transaction's work, or one input of a step. */
export type SqliteWork =
  | { readonly transact: (transaction: DatabaseTransaction) => Promise<unknown> }
  | { readonly step: Step<unknown, unknown>; readonly input: unknown }

/** SQLite has one writer: all that is there runs in one transaction, each step once for all of its inputs. */
export function commitOnSqlite(db: Database, database: SqliteDatabase.Database): CommitTogether<SqliteWork> {
  const session = sqliteSession(database)
  return (works) =>
    // Through Kysely, which lends the connection to nobody else meanwhile.
    db.transaction().execute(async (transaction) => {
      const results: unknown[] = []
      const steps = new Map<Step<unknown, unknown>, number[]>()
      for (const [place, work] of works.entries()) {
        if ('transact' in work) results[place] = await work.transact(transaction)
        else placesOf(steps, work.step).push(place)
      }
      for (const [step, places] of steps) {
        const told = await step.run(
          session,
          places.map((place) => inputOf(works[place])),
        )
        for (const [index, place] of places.entries()) results[place] = told[index]
      }
      return results
    })
}

function placesOf<Key>(places: Map<Key, number[]>, key: Key): number[] {
  const known = places.get(key) ?? []
  places.set(key, known)
  return known
}

function inputOf(work: SqliteWork | undefined): unknown {
  return work !== undefined && 'input' in work ? work.input : undefined
}

/** Runs statements on the connection as it stands; whoever uses it owns the transaction. */
function sqliteSession(database: SqliteDatabase.Database): Session {
  const prepared = new Map<StatementText, SqliteDatabase.Statement<unknown[]>>()
  const prepare = (text: StatementText) => {
    const known = prepared.get(text) ?? database.prepare<unknown[]>(text.one)
    prepared.set(text, known)
    return known
  }
  return {
    async execute<Row>(text: StatementText, inputs: readonly object[]) {
      try {
        refuseAfterRollback(database)
        const statement = prepare(text)
        if (statement.reader) {
          const rows: Row[] = []
          for (const input of inputs) for (const row of statement.all(input)) rows.push(row as Row)
          return { rows, changed: rows.length }
        }
        let changed = 0
        for (const input of inputs) changed += statement.run(input).changes
        return { rows: [], changed }
      } catch (error) {
        throw tellFailure(error)
      }
    },
  }
}
