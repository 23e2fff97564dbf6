import type pg from 'pg'
import { assert } from '../kernel/assert.ts'
import type { CommitTogether } from './group-commit.ts'
import type { Session, StatementText } from './statement.ts'
import type { Step } from './step.ts'
import { tellFailure } from './store-failure.ts'

/**
 * A step finds few rows by their ids, in tables that grow faster than PostgreSQL looks at their size: an index is the way
 * to them, whatever the plan thinks. Set for one transaction, so that a pooler in between carries it to nobody else.
 */
const begin = ['begin', ...['seqscan', 'hashjoin', 'mergejoin'].map((way) => `set local enable_${way} = off`)].join(
  '; ',
)

/**
 * Runs a step for all of its inputs in one transaction. PostgreSQL is a network away: each statement goes out once for
 * the whole group, and its begin and end do not wait for an answer of their own (`pipeline`).
 * @param pool of connections with `pipeline` on.
 */
export function commitOnPostgres<Input, Result>(pool: pg.Pool, step: Step<Input, Result>): CommitTogether<Input> {
  return async (inputs) => {
    const client = await pool.connect().catch((error: unknown) => {
      throw tellFailure(error)
    })
    let isBroken = true
    try {
      const [begun, ended] = await Promise.allSettled([client.query(begin), step.run(postgresSession(client), inputs)])
      const failed = [begun, ended].find((one) => one.status === 'rejected')
      const { command } = await client.query(failed === undefined ? 'commit' : 'rollback')
      isBroken = false
      if (failed !== undefined) throw failed.reason
      // PostgreSQL answers the commit of a transaction that has failed by rolling it back, without an error.
      assert(command === 'COMMIT', 'a group that did not fail is committed')
      return ended.status === 'fulfilled' ? ended.value : []
    } catch (error) {
      throw tellFailure(error)
    } finally {
      client.release(isBroken)
    }
  }
}

function postgresSession(client: pg.PoolClient): Session {
  return {
    async execute<Row>({ name, all }: StatementText, inputs: readonly object[]) {
      const { rows, rowCount } = await client.query({ name, text: all, values: [JSON.stringify(inputs)] })
      return { rows: rows as Row[], changed: rowCount ?? 0 }
    },
  }
}
