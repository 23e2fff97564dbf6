import type { TestProject } from 'vitest/node'
import { startPostgres } from './start-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of a real PostgreSQL, without a database. */
    readonly postgresUrl: string
  }
}

/** Starts one PostgreSQL for all test files; each stack makes a database of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres()
  project.provide('postgresUrl', postgres.url)
  return () => postgres.close()
}
