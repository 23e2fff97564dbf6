import { CompiledQuery, PostgresAdapter } from 'kysely'
import type { DatabaseReader } from './open-database.ts'

export interface StatementResult<Row> {
  readonly rows: readonly Row[]
  /** How many rows it wrote. */
  readonly changed: number
}

/** One SQL text that runs often. */
export interface Statement<Row> {
  run(db: DatabaseReader, ...parameters: readonly (string | number | null)[]): Promise<StatementResult<Row>>
}

/**
 * A statement of every call's way, written out: building it anew each time would cost more than running it. Everything
 * else is built with Kysely, which checks names and types.
 * @param text with `?` for each parameter, on every engine.
 */
export function statement<Row = never>(text: string): Statement<Row> {
  let count = 0
  const numbered = text.replace(/\?/g, () => {
    count += 1
    return `$${count}`
  })
  return {
    async run(db, ...parameters) {
      const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
      const { rows, numAffectedRows } = await db.executeQuery<Row>(
        CompiledQuery.raw(isPostgres ? numbered : text, [...parameters]),
      )
      return { rows, changed: Number(numAffectedRows ?? rows.length) }
    },
  }
}
