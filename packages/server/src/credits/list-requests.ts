import { type RawBuilder, sql } from 'kysely'
import type { ListCursor } from '../lists/cursor.ts'
import type { Period } from '../lists/period.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** Stands for the keys of old calls, which are kept as sums of days: by which key they were made is not known any more. */
export const olderKeyId = 'older'

/** Whose calls are listed: a user's or an app's. */
export interface RequestOwner {
  readonly column: 'user_id' | 'partner_id'
  readonly id: string
}

export interface RequestFilter {
  readonly model: string | null
  readonly app: string | null
  /** A key's id, or `older` for the calls whose keys are not known any more. */
  readonly key: string | null
  readonly status: 'running' | 'settled' | 'released' | null
  /** Null: from the first call to the last. */
  readonly period: Period | null
}

/** A call, or the sum of the calls of one model and app on one old day. */
export interface RequestEntry {
  readonly id: string
  /** When it ended; while it runs, when it began. */
  readonly at_ms: number
  readonly created_at_ms: number
  readonly ended_at_ms: number | null
  readonly model: string
  readonly user_id: string
  readonly partner_id: string
  /** Null for a sum. */
  readonly key_id: string | null
  readonly state: string
  readonly ending: string | null
  readonly billed_to: 'credits' | 'passthrough'
  readonly is_estimated: number
  readonly calls: number
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly charge: number | null
  readonly provider_cost: number | null
  readonly share: number | null
  readonly fee: number | null
}

export interface RequestPage {
  readonly filter: RequestFilter
  readonly limit: number
  readonly after: ListCursor | null
}

export async function listRequests(
  db: DatabaseReader,
  owner: RequestOwner,
  page: RequestPage,
): Promise<readonly RequestEntry[]> {
  const { rows } = await requestsQuery(owner, page).execute(db)
  return rows
}

/** All of them, a page at a time, so that memory does not grow with their number. */
export async function* eachRequest(
  db: DatabaseReader,
  owner: RequestOwner,
  filter: RequestFilter,
): AsyncGenerator<readonly RequestEntry[]> {
  const limit = 1000
  let after: ListCursor | null = null
  for (;;) {
    const rows: readonly RequestEntry[] = await listRequests(db, owner, { filter, limit, after })
    yield rows
    const last = rows.at(-1)
    if (rows.length < limit || last === undefined) return
    after = { atMs: last.at_ms, id: last.id }
  }
}

/** Each source gives its newest by an index of its own, no more than the page needs; then they are merged. */
export function requestsQuery(owner: RequestOwner, page: RequestPage): RawBuilder<RequestEntry> {
  const { filter } = page
  const sources = [
    ...(filter.status === 'running' || filter.status === null ? [running(owner)] : []),
    ...(filter.status === 'settled' || filter.status === null ? [settled(owner), older(owner)] : []),
    ...(filter.status === 'released' || filter.status === null ? [released(owner)] : []),
  ]
  const branches = sources.map((source, index) => branchOf(source, page, `source_${index}`))
  return sql<RequestEntry>`select * from (${sql.join(branches, sql` union all `)}) as entries
    order by at_ms desc, id desc limit ${page.limit}`
}

/** One source of entries: its rows (`from` ends in a condition), and the columns that order and filter them. */
interface Source {
  readonly columns: RawBuilder<unknown>
  readonly from: RawBuilder<unknown>
  readonly table: 'requests' | 'usage_days'
  readonly time: string
  /** There are so few of them that they are sorted with the rest. */
  readonly isShort?: boolean
}

function branchOf(source: Source, { filter, limit, after }: RequestPage, name: string): RawBuilder<unknown> {
  const column = (of: string) => sql.ref(`${source.table}.${of}`)
  const time = column(source.time)
  const conditions = [
    ...(after === null ? [] : [sql`and (${time}, ${column('id')}) < (${after.atMs}, ${after.id})`]),
    ...(filter.model === null ? [] : [sql`and ${column('model')} = ${filter.model}`]),
    ...(filter.app === null ? [] : [sql`and ${column('partner_id')} = ${filter.app}`]),
    ...keyCondition(source, filter.key),
    ...(filter.period === null
      ? []
      : [sql`and ${time} >= ${startIn(source, filter.period)} and ${time} < ${endIn(source, filter.period)}`]),
  ]
  return sql`select * from (select ${source.columns} from ${source.from} ${sql.join(conditions, sql` `)}
    ${source.isShort === true ? sql`` : sql`order by ${time} desc, ${column('id')} desc limit ${limit}`}) as ${sql.ref(name)}`
}

function keyCondition(source: Source, key: string | null): readonly RawBuilder<unknown>[] {
  if (key === null) return []
  const isSum = source.table === 'usage_days'
  if (isSum) return key === olderKeyId ? [] : [sql`and 1 = 0`]
  return [sql`and requests.key_id = ${key}`]
}

const startIn = ({ table }: Source, period: Period) => (table === 'requests' ? period.startMs : period.utcStartMs)
const endIn = ({ table }: Source, period: Period) => (table === 'requests' ? period.endMs : period.utcEndMs)

const callColumns = (
  time: string,
) => sql`requests.id as id, ${sql.ref(time)} as at_ms, requests.created_at_ms as created_at_ms,
  requests.ended_at_ms as ended_at_ms, requests.model as model, requests.user_id as user_id,
  requests.partner_id as partner_id, requests.key_id as key_id,
  requests.state as state, requests.ending as ending, requests.billed_to as billed_to, requests.is_estimated as is_estimated,
  cast(1 as bigint) as calls,
  requests.input_tokens + coalesce(requests.cache_read_tokens, 0) + coalesce(requests.cache_write_5m_tokens, 0)
    + coalesce(requests.cache_write_1h_tokens, 0) as input_tokens,
  requests.output_tokens as output_tokens, requests.charge_microcredits as charge,
  requests.provider_cost_microcredits as provider_cost, requests.share_microcredits as share, requests.fee_microcredits as fee`

function settled(owner: RequestOwner): Source {
  return {
    columns: callColumns('requests.ended_at_ms'),
    from: sql`requests where ${sql.ref(`requests.${owner.column}`)} = ${owner.id} and requests.state = 'settled'`,
    ...{ table: 'requests', time: 'ended_at_ms' },
  }
}

/** What failed, and what the user's own credential paid for. */
function released(owner: RequestOwner): Source {
  return {
    columns: callColumns('requests.ended_at_ms'),
    from: sql`requests where ${sql.ref(`requests.${owner.column}`)} = ${owner.id} and requests.state = 'released'`,
    ...{ table: 'requests', time: 'ended_at_ms' },
  }
}

/** A call that credits pay for has a hold exactly as long as it runs, and there are never many holds. */
function running(owner: RequestOwner): Source {
  return {
    columns: callColumns('requests.created_at_ms'),
    // A cross join is read from the left on SQLite: by the few holds, and not by all calls.
    from: sql`holds cross join requests
      where requests.id = holds.id ${owner.column === 'user_id' ? sql`and holds.user_id = ${owner.id}` : sql``}
        and ${sql.ref(`requests.${owner.column}`)} = ${owner.id} and requests.state = 'admitted'`,
    ...{ table: 'requests', time: 'created_at_ms', isShort: true },
  }
}

function older(owner: RequestOwner): Source {
  return {
    columns: sql`usage_days.id as id, usage_days.day_ms as at_ms, usage_days.day_ms as created_at_ms,
      usage_days.day_ms as ended_at_ms, usage_days.model as model, usage_days.user_id as user_id,
      usage_days.partner_id as partner_id,
      cast(null as text) as key_id, 'settled' as state, cast(null as text) as ending, usage_days.billed_to as billed_to,
      case when usage_days.estimated_calls > 0 then 1 else 0 end as is_estimated, usage_days.calls as calls,
      usage_days.input_tokens as input_tokens, usage_days.output_tokens as output_tokens,
      usage_days.charge_microcredits as charge, usage_days.provider_cost_microcredits as provider_cost,
      usage_days.share_microcredits as share, usage_days.fee_microcredits as fee`,
    from: sql`usage_days where ${sql.ref(`usage_days.${owner.column}`)} = ${owner.id}`,
    ...{ table: 'usage_days', time: 'day_ms' },
  }
}
