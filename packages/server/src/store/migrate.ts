import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrationsFor } from './migrations/index.ts'
import { type Database, type DatabaseAddress, type DatabaseEngine, openDatabase } from './open-database.ts'

/**
 * Brings the store to the newest schema, in one transaction: one that is cut off has changed nothing and is run again.
 * Forward only; running it again does nothing.
 * @returns the names of the migrations that ran.
 */
export function migrateToLatest(db: Database, engine: DatabaseEngine): Promise<readonly string[]> {
  return migrateTo(db, engine, null)
}

/** The same up to one of them, as an older release left the store; null is the newest. */
export async function migrateTo(db: Database, engine: DatabaseEngine, last: string | null): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrationsFor(engine) } })
  const run = () => (last === null ? migrator.migrateToLatest() : migrator.migrateTo(last))
  const { error, results } = await (engine === 'sqlite' ? withoutForeignKeys(db, run) : run())
  if (error !== undefined) throw error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}

/** Tables that are made anew are dropped meanwhile. SQLite switches its foreign keys outside of a transaction only. */
async function withoutForeignKeys<Result>(db: Database, work: () => Promise<Result>): Promise<Result> {
  await sql`pragma foreign_keys = off`.execute(db)
  try {
    return await work()
  } finally {
    await sql`pragma foreign_keys = on`.execute(db)
  }
}

/** Migrates on a connection of its own, which may take its time: an index on a large table takes minutes. */
export async function migrateStore(db: Database, address: DatabaseAddress): Promise<readonly string[]> {
  // Another connection to it would be another, empty store.
  if (address.location === ':memory:') return migrateToLatest(db, address.engine)
  const own = openDatabase(address, { isPatient: true })
  try {
    return await migrateToLatest(own, address.engine)
  } finally {
    await own.destroy()
  }
}
