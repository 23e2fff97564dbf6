import { type RawBuilder, sql } from 'kysely'

/** Sums of a group of calls, as both engines answer them. */
export interface CallSumsRow {
  readonly calls: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly charge: number
  readonly provider_cost: number
  readonly share: number
  readonly fee: number
}

export const sumColumns = [
  ...(['calls', 'input_tokens', 'output_tokens', 'charge', 'provider_cost', 'share', 'fee'] as const),
]

type SumColumn = (typeof sumColumns)[number]
type SummedTable = 'partner_quarters' | 'partner_user_days' | 'usage_days'

const columnOf = (name: SumColumn) => (name === 'calls' || name.endsWith('_tokens') ? name : `${name}_microcredits`)

const sumOf = (expression: RawBuilder<unknown>, name: SumColumn) =>
  sql`cast(coalesce(sum(${expression}), 0) as bigint) as ${sql.ref(name)}`

/** The columns of roll-ups in the order of the sums. */
export const rollUpColumns: RawBuilder<unknown> = sql.join(sumColumns.map((name) => sql.ref(columnOf(name))))

const inputTokens = sql`coalesce(requests.input_tokens, 0) + coalesce(requests.cache_read_tokens, 0)
  + coalesce(requests.cache_write_5m_tokens, 0) + coalesce(requests.cache_write_1h_tokens, 0)`

/** Sums of rows of `requests`. @param sign -1 to take them away */
export function sumsOfCalls(sign: 1 | -1 = 1): RawBuilder<unknown> {
  const factor = sql.lit(sign)
  return sql.join(
    sumColumns.map((name) => {
      if (name === 'calls') return sumOf(factor, name)
      return sumOf(
        sql`${factor} * (${name === 'input_tokens' ? inputTokens : sql.ref(`requests.${columnOf(name)}`)})`,
        name,
      )
    }),
  )
}

/** Sums of rows that are sums. */
export function sumsOfSums(table: SummedTable): RawBuilder<unknown> {
  return sql.join(sumColumns.map((name) => sumOf(sql.ref(`${table}.${columnOf(name)}`), name)))
}

/** Adds the sums of a row that is there already to those that come. */
export function addExcluded(table: SummedTable): RawBuilder<unknown> {
  return sql.join(
    sumColumns.map((name) => {
      const column = columnOf(name)
      return sql`${sql.ref(column)} = ${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`
    }),
  )
}
