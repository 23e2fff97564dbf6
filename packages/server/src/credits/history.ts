import { type RawBuilder, sql } from 'kysely'
import { decodePlace, encodePlace, wrongPlace } from '../http/cursor-text.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import type { DatabaseReader } from '../store/open-database.ts'

export interface HistoryPage {
  readonly limit: number
  readonly offset: number
  readonly after: HistoryCursor | null
}

/** The last entry seen: what is added meanwhile moves nothing. */
export interface HistoryCursor {
  readonly createdAtMs: number
  readonly id: string
  /** As it was counted for the first page; null in a cursor of an older server. */
  readonly total: number | null
}

/** What of a wallet's history is shown: an app sees what happened in it, and nothing of other apps. */
export interface HistoryScope {
  readonly userId: string
  /** Null: of all apps. */
  readonly partnerId: string | null
  /** Null: of all keys. One key's calls only, and no credits that came or went otherwise. */
  readonly keyId: string | null
}

interface HistoryRow {
  readonly id: string
  readonly kind: string
  readonly amount: number
  readonly created_at_ms: number
  readonly model: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly is_estimated: number | null
  readonly calls: number | null
}

/**
 * Everything that moved a wallet: purchases, refunds, grants and merges from the ledger, calls from their rows, calls
 * that are past their time from the days that they were folded into; newest first. A page by cursor costs the same
 * however deep it is; one by offset reads all that it leaves out.
 */
export async function readHistory(db: DatabaseReader, scope: HistoryScope, page: HistoryPage) {
  const { rows } = await pageQuery(scope, page).execute(db)
  const total = page.after?.total ?? (await countEntries(db, scope))
  const last = rows.at(-1)
  const hasMore = rows.length === page.limit
  return {
    data: rows.map(describeEntry),
    total,
    has_more: hasMore,
    next: hasMore && last !== undefined ? encodeCursor({ createdAtMs: last.created_at_ms, id: last.id, total }) : null,
  }
}

/** Each branch gives its newest by an index of its own, no more than the page needs; then they are merged. */
export function pageQuery(scope: HistoryScope, page: HistoryPage): RawBuilder<HistoryRow> {
  const most = page.limit + page.offset
  const branch = (name: string, { columns, from, time, id }: Branch) => {
    const after =
      page.after === null
        ? sql``
        : sql`and (${sql.ref(time)}, ${sql.ref(id)}) < (${page.after.createdAtMs}, ${page.after.id})`
    return sql`select * from (
      select ${columns} from ${from} ${after} order by ${sql.ref(time)} desc, ${sql.ref(id)} desc limit ${most}) as ${sql.ref(name)}`
  }
  const all = sql.join(
    Object.entries(branchesOf(scope)).map(([name, one]) => branch(name, one)),
    sql` union all `,
  )
  return sql<HistoryRow>`
    select * from (${all}) as entries
    order by created_at_ms desc, id desc limit ${page.limit} offset ${page.offset}`
}

async function countEntries(db: DatabaseReader, scope: HistoryScope): Promise<number> {
  const { rows } = await countQuery(scope).execute(db)
  return Number(rows[0]?.total ?? 0)
}

export function countQuery(scope: HistoryScope): RawBuilder<{ total: number }> {
  const counts = Object.values(branchesOf(scope)).map(({ from }) => sql`(select count(*) from ${from})`)
  return sql<{ total: number }>`select ${sql.join(counts, sql` + `)} as total`
}

function branchesOf(scope: HistoryScope): Readonly<Record<string, Branch>> {
  if (scope.keyId !== null) return { called: called(scope) }
  return {
    credited: moved(scope, 'credit'),
    debited: moved(scope, 'debit'),
    called: called(scope),
    days: calledLongAgo(scope),
  }
}

/** One source of entries: its rows (`from` ends in a condition), and the columns that order them. */
interface Branch {
  readonly columns: RawBuilder<unknown>
  readonly from: RawBuilder<unknown>
  readonly time: string
  readonly id: string
}

/** Of calls the rows tell more than the transfers. Word for word the condition of the partial indexes of migration 002. */
export const isNoCall = sql`transfers.code not in ('usage_cost', 'usage_share', 'usage_fee', 'shortfall_cost', 'shortfall_share')`

const noCall = sql`cast(null as text) as model, cast(null as bigint) as input_tokens, cast(null as bigint) as output_tokens,
  cast(null as integer) as is_estimated, cast(null as bigint) as calls`

function moved({ userId, partnerId }: HistoryScope, side: 'credit' | 'debit'): Branch {
  const amount = side === 'credit' ? sql`transfers.amount_microcredits` : sql`-transfers.amount_microcredits`
  const account = side === 'credit' ? sql`transfers.credit_account` : sql`transfers.debit_account`
  return {
    columns: sql`transfers.id as id, transfers.code as kind, ${amount} as amount,
      transfers.created_at_ms as created_at_ms, ${noCall}`,
    from: sql`transfers where ${account} = ${walletAccount(userId)} and ${isNoCall}
      ${partnerId === null ? sql`` : sql`and ${happenedIn(partnerId)}`}`,
    time: 'transfers.created_at_ms',
    id: 'transfers.id',
  }
}

/** What was bought in an app, what became of it, and what guests of it brought along. Gifts are nobody's but the user's. */
function happenedIn(partnerId: string): RawBuilder<unknown> {
  const takenBack = (table: string) => sql`select ${sql.ref(`${table}.id`)} from ${sql.table(table)}
    join purchases on purchases.id = ${sql.ref(`${table}.purchase_id`)} where purchases.partner_id = ${partnerId}
      and ${sql.ref(`${table}.id`)} = transfers.cause_id`
  return sql`case
    when transfers.code in ('purchase', 'claim') then exists (
      select 1 from purchases where purchases.id = transfers.cause_id and purchases.partner_id = ${partnerId})
    when transfers.code in ('refund', 'refund_reversal') then exists (${takenBack('refunds')})
    when transfers.code in ('dispute', 'dispute_reversal') then exists (${takenBack('disputes')})
    when transfers.code = 'merge' then exists (
      select 1 from keys where keys.budget_id = transfers.id and keys.partner_id = ${partnerId})
    else 1 = 0 end`
}

function called({ userId, partnerId, keyId }: HistoryScope): Branch {
  return {
    columns: sql`requests.id as id, 'usage' as kind, -requests.charge_microcredits as amount,
      requests.ended_at_ms as created_at_ms, requests.model as model,
      coalesce(requests.input_tokens, 0) + coalesce(requests.cache_read_tokens, 0) + coalesce(requests.cache_write_5m_tokens, 0)
        + coalesce(requests.cache_write_1h_tokens, 0) as input_tokens,
      requests.output_tokens as output_tokens, requests.is_estimated as is_estimated, cast(null as bigint) as calls`,
    from: sql`requests where requests.user_id = ${userId} and requests.state = 'settled'
      ${partnerId === null ? sql`` : sql`and requests.partner_id = ${partnerId}`}
      ${keyId === null ? sql`` : sql`and requests.key_id = ${keyId}`}`,
    time: 'requests.ended_at_ms',
    id: 'requests.id',
  }
}

function calledLongAgo({ userId, partnerId }: HistoryScope): Branch {
  return {
    columns: sql`usage_days.id as id, 'usage' as kind, -usage_days.charge_microcredits as amount,
      usage_days.day_ms as created_at_ms, usage_days.model as model, usage_days.input_tokens as input_tokens,
      usage_days.output_tokens as output_tokens, case when usage_days.estimated_calls > 0 then 1 else 0 end as is_estimated,
      usage_days.calls as calls`,
    from: sql`usage_days where usage_days.user_id = ${userId}
      ${partnerId === null ? sql`` : sql`and usage_days.partner_id = ${partnerId}`}`,
    time: 'usage_days.day_ms',
    id: 'usage_days.id',
  }
}

/** A day's calls with one model are one entry, with their number in place of a request's id. */
function describeEntry(row: HistoryRow) {
  const isUsage = row.kind === 'usage'
  return {
    id: row.id,
    type: row.kind,
    credits: creditsFromMicrocredits(microcredits(row.amount)),
    created_at: new Date(row.created_at_ms).toISOString(),
    ...(isUsage
      ? {
          ...(row.calls === null ? { request_id: row.id } : { calls: row.calls }),
          model: row.model,
          input_tokens: row.input_tokens,
          output_tokens: row.output_tokens,
          estimated: row.is_estimated === 1,
        }
      : {}),
  }
}

function encodeCursor(cursor: HistoryCursor): string {
  return encodePlace([cursor.createdAtMs, cursor.id, cursor.total])
}

/** @throws AppError `invalid_request` naming `after`. */
export function decodeCursor(text: string): HistoryCursor {
  const [createdAtMs, id, total = null] = decodePlace(text)
  const isCount = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  if (
    typeof createdAtMs === 'number' &&
    isCount(createdAtMs) &&
    typeof id === 'string' &&
    /^[^\p{Cc}]{1,300}$/u.test(id) &&
    (total === null || (typeof total === 'number' && isCount(total)))
  )
    return { createdAtMs, id, total }
  throw wrongPlace()
}
