import type SqliteDatabase from 'better-sqlite3'
import type pg from 'pg'
import { createGroupCommitter, type Durability, type GroupCommitter } from './group-commit.ts'
import type { Database, DatabaseTransaction } from './open-database.ts'
import { commitOnPostgres } from './postgres-groups.ts'
import { commitOnSqlite, type SqliteWork } from './sqlite-groups.ts'
import type { Step } from './step.ts'
import { createWriteThrough, type FileSync } from './write-through.ts'

/** How a store commits, by its engine. */
export interface StoreEngine {
  /** Whether transactions follow each other, so that what is numbered lower was committed before. */
  readonly hasOneWriter: boolean
  transact<Result>(work: (transaction: DatabaseTransaction) => Promise<Result>, durability: Durability): Promise<Result>
  runStep<Input, Result>(step: Step<Input, Result>, input: Input, durability: Durability): Promise<Result>
}

/** One writer, one queue: everything that is there at the same time is one transaction. */
export function sqliteEngine(db: Database, database: SqliteDatabase.Database, wal: FileSync): StoreEngine {
  const committer: GroupCommitter<SqliteWork> = createGroupCommitter(
    commitOnSqlite(db, database),
    database.memory ? null : createWriteThrough(wal.sync),
  )
  return {
    hasOneWriter: true,
    transact: (work, durability) => committer.commit({ transact: work }, durability),
    runStep: (step, input, durability) => committer.commit({ step: step as Step<unknown, unknown>, input }, durability),
  }
}

/**
 * Transactions run side by side; steps in groups, one at a time of each. A commit always waits for the disk: a hold
 * that PostgreSQL forgot would be a call that nobody pays for.
 */
export function postgresEngine(db: Database, pipelined: pg.Pool): StoreEngine {
  const committers = new Map<unknown, GroupCommitter<never>>()
  const committerOf = <Input, Result>(step: Step<Input, Result>): GroupCommitter<Input> => {
    const known = committers.get(step)
    if (known !== undefined) return known as GroupCommitter<unknown> as GroupCommitter<Input>
    const made: GroupCommitter<Input> = createGroupCommitter(commitOnPostgres(pipelined, step))
    committers.set(step, made as GroupCommitter<unknown> as GroupCommitter<never>)
    return made
  }
  return {
    hasOneWriter: false,
    transact: (work) => db.transaction().execute(work),
    runStep: (step, input, durability) => committerOf(step).commit(input, durability),
  }
}
