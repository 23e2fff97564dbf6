import type SqliteDatabase from 'better-sqlite3'
import type pg from 'pg'
import { createGroupCommitter, type Durability, type Work } from './group-commit.ts'
import type { Database, DatabaseTransaction } from './open-database.ts'
import { commitOnPostgres } from './postgres-groups.ts'
import { commitOnSqlite } from './sqlite-groups.ts'
import type { Session } from './statement.ts'
import type { StepOptions } from './step.ts'
import { createWriteThrough, type FileSync } from './write-through.ts'

/** How a store commits, by its engine. */
export interface StoreEngine {
  transact<Result>(work: Work<DatabaseTransaction, Result>, durability: Durability): Promise<Result>
  runStep<Result>(step: (session: Session) => Promise<Result>, options: Required<StepOptions>): Promise<Result>
}

/** One writer, one queue: everything that is there at the same time is one transaction. */
export function sqliteEngine(db: Database, database: SqliteDatabase.Database, wal: FileSync): StoreEngine {
  const committer = createGroupCommitter(
    commitOnSqlite(db, database),
    database.memory ? null : createWriteThrough(wal.sync),
  )
  return {
    transact: (work, durability) => committer.commit(({ transaction }) => work(transaction), durability),
    runStep: (step, { durability }) => committer.commit(({ session }) => step(session), durability),
  }
}

/**
 * Transactions run side by side; steps in groups, one at a time of each kind. A commit always waits for the disk: a hold
 * that PostgreSQL forgot would be a call that nobody pays for.
 */
export function postgresEngine(db: Database, pipelined: pg.Pool): StoreEngine {
  const commitTogether = commitOnPostgres(pipelined)
  const committers = {
    admission: createGroupCommitter(commitTogether),
    resolution: createGroupCommitter(commitTogether),
  }
  return {
    transact: (work) => db.transaction().execute(work),
    runStep: (step, { kind, userId, durability }) => committers[kind].commit(step, durability, userId),
  }
}
