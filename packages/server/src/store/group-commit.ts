import { CompiledQuery } from 'kysely'
import type { Database, DatabaseTransaction } from './open-database.ts'

/**
 * What a committed transaction survives. `disk`: a power loss; it is written through. `process`: the death of this
 * process, not of the machine; a later `disk` commit writes it through as well.
 */
export type Durability = 'disk' | 'process'

export type Work<Result> = (transaction: DatabaseTransaction) => Promise<Result>

interface Waiting {
  readonly work: Work<unknown>
  readonly durability: Durability
  resolve(result: unknown): void
  reject(error: unknown): void
}

export interface GroupCommitter {
  /** Resolves once the work is committed. Work that throws is rolled back alone. */
  commit<Result>(work: Work<Result>, durability: Durability): Promise<Result>
}

/** More in one transaction would make the first wait for the last. */
const groupMax = 64

/**
 * SQLite has one writer, and what a commit costs is the wait for the disk: works that are there at the same time are
 * committed together, in their order, and wait for the disk once.
 */
export function createGroupCommitter(db: Database): GroupCommitter {
  const queue: Waiting[] = []
  let isRunning = false

  const run = async (): Promise<void> => {
    while (queue.length > 0) await commitGroup(db, queue.splice(0, groupMax))
    isRunning = false
  }
  return {
    commit: <Result>(work: Work<Result>, durability: Durability) =>
      new Promise<Result>((resolve, reject) => {
        queue.push({ work, durability, resolve: resolve as (result: unknown) => void, reject })
        if (isRunning) return
        isRunning = true
        // Not at once: what else has arrived in this turn of the loop comes along.
        setImmediate(run)
      }),
  }
}

async function commitGroup(db: Database, group: readonly Waiting[]): Promise<void> {
  try {
    const isForDisk = group.some(({ durability }) => durability === 'disk')
    const results = await commitTogether(db, group, isForDisk)
    group.forEach((one, index) => {
      one.resolve(results[index])
    })
  } catch (error) {
    // One of them failed, and all were rolled back: each gets its own transaction, and its own failure.
    const [only, ...others] = group
    if (only !== undefined && others.length === 0) only.reject(error)
    else for (const one of group) await commitGroup(db, [one])
  }
}

function commitTogether(db: Database, group: readonly Waiting[], isForDisk: boolean): Promise<readonly unknown[]> {
  return db.connection().execute(async (connection) => {
    await connection.executeQuery(CompiledQuery.raw(`pragma synchronous = ${isForDisk ? 'full' : 'normal'}`))
    return await connection.transaction().execute(async (transaction) => {
      const results: unknown[] = []
      for (const { work } of group) results.push(await work(transaction))
      return results
    })
  })
}
