/** How a column's values are told to an engine that takes them as text. */
export type ColumnType = 'text' | 'bigint'

/** One SQL text in the spellings of both engines. */
export interface StatementText {
  readonly columns: readonly string[]
  /** For one input, with `@column`: SQLite is in this process, so it is asked once for each. */
  readonly one: string
  /** For all inputs at once, which come as one JSON array in `$1`: PostgreSQL is a network away. */
  readonly all: string
  /** By which PostgreSQL keeps it prepared. */
  readonly name: string
}

export interface StatementResult<Row> {
  readonly rows: readonly Row[]
  /** How many rows it wrote. */
  readonly changed: number
}

/** A step's own way to the engine, past Kysely: see `step.ts`. */
export interface Session {
  execute<Row>(text: StatementText, inputs: readonly object[]): Promise<StatementResult<Row>>
}

/** One SQL text that runs for every call. */
export interface Statement<Input extends object, Row> {
  /** Runs it for each of the inputs; none are none. In which order is the engine's. */
  run(session: Session, inputs: readonly Input[]): Promise<StatementResult<Row>>
}

/** What a text is put together of, so that it means the same for one input and for many. */
export interface Spelling<Column extends string> {
  /** A column of the input. */
  readonly asked: Readonly<Record<Column, string>>
  /** Where the inputs come from, as each verb needs it: `update … ${from} where`, `delete from t ${using} where`. */
  readonly from: string
  readonly using: string
  /** `select … from t ${and} where`. */
  readonly and: string
  /** `insert into t (…) ${values}`: all columns, in their order. */
  readonly values: string
  /** `select … ${lock(table)}`: its rows stay as they were read until the transaction ends. */
  lock(table: string): string
}

let statements = 0
const nothing: StatementResult<never> = { rows: [], changed: 0 }

/**
 * A statement of every call's way, written out: building it anew each time would cost more than running it, and it runs
 * for all calls that are there at once. Everything else is built with Kysely, which checks names and types.
 */
export function statement<Input extends object, Row = never>(
  columns: Readonly<Record<keyof Input & string, ColumnType>>,
  write: (spelling: Spelling<keyof Input & string>) => string,
): Statement<Input, Row> {
  const names = Object.keys(columns) as (keyof Input & string)[]
  statements += 1
  const text: StatementText = {
    columns: names,
    one: write(spellingOfOne(names)),
    all: write(spellingOfAll(names, columns)),
    name: `statement_${statements}`,
  }
  return {
    async run(session, inputs) {
      return inputs.length === 0 ? nothing : session.execute<Row>(text, inputs)
    },
  }
}

function spellingOfOne<Column extends string>(names: readonly Column[]): Spelling<Column> {
  const asked = named(names, (name) => `@${name}`)
  const values = `values (${names.map((name) => asked[name])})`
  return { asked, from: '', using: '', and: '', values, lock: () => '' }
}

function spellingOfAll<Column extends string>(
  names: readonly Column[],
  columns: Readonly<Record<Column, ColumnType>>,
): Spelling<Column> {
  const list = names.map((name) => `${name} ${columns[name]}`)
  const source = `json_to_recordset($1) as asked(${list})`
  return {
    asked: named(names, (name) => `asked.${name}`),
    from: `from ${source}`,
    using: `using ${source}`,
    and: `, ${source}`,
    values: `select ${names} from ${source}`,
    lock: (table) => `for no key update of ${table}`,
  }
}

function named<Column extends string>(names: readonly Column[], spell: (name: Column) => string) {
  return Object.fromEntries(names.map((name) => [name, spell(name)])) as Record<Column, string>
}
