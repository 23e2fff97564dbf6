import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrateToLatest } from './migrate.ts'
import { type Database, openDatabase } from './open-database.ts'

export interface TestDatabase {
  readonly db: Database
  readonly path: string
  close(): Promise<void>
}

/** A fresh store in a file of its own, as in production: write-ahead log, real locks, real durability. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-store-'))
  const path = join(folder, 'test.db')
  const db = openDatabase({ engine: 'sqlite', location: path })
  await migrateToLatest(db, 'sqlite')
  return {
    db,
    path,
    async close() {
      await db.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
