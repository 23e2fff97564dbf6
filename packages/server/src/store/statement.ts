import { CompiledQuery, PostgresAdapter } from 'kysely'
import type { DatabaseReader } from './open-database.ts'

export interface StatementResult<Row> {
  readonly rows: readonly Row[]
  /** How many rows it wrote. */
  readonly changed: number
}

/** One SQL text in both spellings of its parameters. */
export interface StatementText {
  /** With `?`. */
  readonly questioned: string
  /** With `$1`. */
  readonly numbered: string
  /** By which PostgreSQL keeps it prepared. */
  readonly name: string
}

export type Parameters = readonly (string | number | null)[]

/** A step's own way to the engine, past Kysely: see `step.ts`. */
export interface Session {
  execute<Row>(text: StatementText, parameters: Parameters): Promise<StatementResult<Row>>
}

/** Where a statement can run: in a step, or wherever Kysely's queries can. */
export type StatementTarget = Session | DatabaseReader

/** One SQL text that runs often. */
export interface Statement<Row> {
  run(target: StatementTarget, ...parameters: Parameters): Promise<StatementResult<Row>>
}

let statements = 0

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
  statements += 1
  const texts: StatementText = { questioned: text, numbered, name: `statement_${statements}` }
  return {
    async run(target, ...parameters) {
      if (!('getExecutor' in target)) return target.execute<Row>(texts, parameters)
      const isPostgres = target.getExecutor().adapter instanceof PostgresAdapter
      const { rows, numAffectedRows } = await target.executeQuery<Row>(
        CompiledQuery.raw(isPostgres ? numbered : text, [...parameters]),
      )
      return { rows, changed: Number(numAffectedRows ?? rows.length) }
    },
  }
}
