import { randomInt } from 'node:crypto'
import type { Durability } from './group-commit.ts'
import { type Database, type DatabaseTransaction, engineOf } from './open-database.ts'
import { storeErrorCode } from './store-failure.ts'

const triesMax = 6

/**
 * One short transaction, tried again when the engine says that another one was in its way. `work` may run more than
 * once, so it changes nothing but the store, and it never waits for the network.
 */
export function transact<Result>(
  db: Database,
  work: (transaction: DatabaseTransaction) => Promise<Result>,
  durability: Durability = 'disk',
): Promise<Result> {
  return tryAgain(() => engineOf(db).transact(work, durability))
}

/** Does again what failed because another transaction was in its way. */
export async function tryAgain<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries >= triesMax || !isConflict(error)) throw error
      await new Promise((wait) => setTimeout(wait, randomInt(2, 2 + 2 ** tries * 4)))
    }
  }
}

/** SQLite's busy codes; PostgreSQL's serialization failure and deadlock. */
function isConflict(error: unknown): boolean {
  const code = storeErrorCode(error)
  return code.startsWith('SQLITE_BUSY') || code === '40001' || code === '40P01'
}
