import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { type DatabaseReader, openDatabase } from '../../packages/server/src/store/open-database.ts'

const postgresUrl = inject('postgresUrl') as string | undefined

/** Without a listener of ours the break would be an unhandled error, which ends a process. */
it.runIf(postgresUrl !== undefined)(
  'a PostgreSQL connection that breaks between two statements of a transaction fails that transaction and nothing else',
  async () => {
    const db = openDatabase({ engine: 'postgres', location: `${postgresUrl}/postgres` })
    const brokenOff = db.transaction().execute(async (transaction) => {
      await terminate(await backendOf(transaction))
      await backendOf(transaction)
    })
    await expect(brokenOff).rejects.toThrow()
    expect(await backendOf(db)).toBeGreaterThan(0)
    await db.destroy()
  },
)

async function backendOf(db: DatabaseReader): Promise<number> {
  const query = db.selectNoFrom(({ fn }) => fn<number>('pg_backend_pid', []).as('processId'))
  return (await query.executeTakeFirstOrThrow()).processId
}

async function terminate(processId: number): Promise<void> {
  const client = new pg.Client({ connectionString: `${postgresUrl}/postgres` })
  await client.connect()
  await client.query('select pg_terminate_backend($1, 5000)', [processId])
  await client.end()
  // The other end has to hear of it.
  await new Promise((wait) => setTimeout(wait, 200))
}
