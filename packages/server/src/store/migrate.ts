import { Migrator } from 'kysely/migration'
import { migrationsFor } from './migrations/index.ts'
import type { Database, DatabaseEngine } from './open-database.ts'

/**
 * Brings the store to the newest schema. Forward only; running it again does nothing.
 * @returns the names of the migrations that ran.
 */
export async function migrateToLatest(db: Database, engine: DatabaseEngine): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrationsFor(engine) } })
  const { error, results } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName)
}
