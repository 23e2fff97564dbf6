import type pg from 'pg'
import { assert } from '../kernel/assert.ts'
import type { CommitTogether } from './group-commit.ts'
import type { Session, StatementText } from './statement.ts'
import { tellFailure } from './store-failure.ts'

/**
 * PostgreSQL is a network away: the works of a group go side by side over one connection that does not wait for one
 * answer before it asks the next (`pipeline`), so a group costs as many round trips as its longest work has statements.
 * Works may see each other's statements; see `step.ts` for what that asks of them.
 * @param pool of connections with `pipeline` on.
 */
export function commitOnPostgres(pool: pg.Pool): CommitTogether<Session> {
  return async (works) => {
    const client = await pool.connect().catch((error: unknown) => {
      throw tellFailure(error)
    })
    let isBroken = true
    try {
      const session = postgresSession(client)
      const begun = client.query('begin')
      const ended = await Promise.allSettled([begun, ...works.map((work) => work(session))])
      const failed = ended.find((one) => one.status === 'rejected')
      const { command } = await client.query(failed === undefined ? 'commit' : 'rollback')
      isBroken = false
      if (failed !== undefined) throw failed.reason
      // PostgreSQL answers the commit of a transaction that has failed by rolling it back, without an error.
      assert(command === 'COMMIT', 'a group that did not fail is committed')
      return ended.slice(1).map((one) => (one.status === 'fulfilled' ? one.value : undefined))
    } catch (error) {
      throw tellFailure(error)
    } finally {
      client.release(isBroken)
    }
  }
}

function postgresSession(client: pg.PoolClient): Session {
  return {
    async execute<Row>({ name, numbered }: StatementText, parameters: readonly (string | number | null)[]) {
      const { rows, rowCount } = await client.query({ name, text: numbered, values: [...parameters] })
      return { rows: rows as Row[], changed: rowCount ?? 0 }
    },
  }
}
