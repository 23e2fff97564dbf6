import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { walletAccount } from '../ledger/chart-of-accounts.ts'
import type { DatabaseReader } from '../store/open-database.ts'

export interface HistoryPage {
  readonly limit: number
  readonly offset: number
  /** The cursor of the last entry seen: what is added meanwhile moves nothing. */
  readonly after: { readonly createdAtMs: number; readonly id: string } | null
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
}

/** Everything that moved a wallet: purchases, refunds, grants and merges from the ledger, calls from their rows; newest first. */
export async function readHistory(db: DatabaseReader, userId: string, page: HistoryPage) {
  const entries = entriesOf(userId)
  const after =
    page.after === null
      ? sql``
      : sql`where created_at_ms < ${page.after.createdAtMs} or (created_at_ms = ${page.after.createdAtMs} and id < ${page.after.id})`
  const { rows } = await sql<HistoryRow>`
    select * from (${entries}) as entries ${after} order by created_at_ms desc, id desc limit ${page.limit} offset ${page.offset}`.execute(
    db,
  )
  const { rows: counts } = await sql<{ total: number }>`select count(*) as total from (${entries}) as entries`.execute(
    db,
  )
  const last = rows.at(-1)
  return {
    data: rows.map(describeEntry),
    total: Number(counts[0]?.total ?? 0),
    has_more: rows.length === page.limit,
    next: rows.length === page.limit && last !== undefined ? encodeCursor(last) : null,
  }
}

function entriesOf(userId: string) {
  const wallet = walletAccount(userId)
  return sql`
    select transfers.id as id, transfers.code as kind, transfers.amount_microcredits as amount, transfers.created_at_ms as created_at_ms,
      cast(null as text) as model, cast(null as bigint) as input_tokens, cast(null as bigint) as output_tokens,
      cast(null as integer) as is_estimated
    from transfers where transfers.credit_account = ${wallet}
    union all
    select transfers.id, transfers.code, -transfers.amount_microcredits, transfers.created_at_ms, cast(null as text), cast(null as bigint),
      cast(null as bigint), cast(null as integer)
    from transfers where transfers.debit_account = ${wallet} and transfers.code not like 'usage_%'
    union all
    select requests.id, 'usage', -requests.charge_microcredits, requests.ended_at_ms, requests.model,
      coalesce(requests.input_tokens, 0) + coalesce(requests.cache_read_tokens, 0) + coalesce(requests.cache_write_5m_tokens, 0)
        + coalesce(requests.cache_write_1h_tokens, 0), requests.output_tokens, requests.is_estimated
    from requests where requests.user_id = ${userId} and requests.state = 'settled'`
}

function describeEntry(row: HistoryRow) {
  const isUsage = row.kind === 'usage'
  return {
    id: row.id,
    type: row.kind,
    credits: creditsFromMicrocredits(microcredits(row.amount)),
    created_at: new Date(row.created_at_ms).toISOString(),
    ...(isUsage
      ? {
          request_id: row.id,
          model: row.model,
          input_tokens: row.input_tokens,
          output_tokens: row.output_tokens,
          estimated: row.is_estimated === 1,
        }
      : {}),
  }
}

function encodeCursor(row: HistoryRow): string {
  return Buffer.from(JSON.stringify([row.created_at_ms, row.id])).toString('base64url')
}

/** @throws AppError `invalid_request` naming `after`. */
export function decodeCursor(text: string): HistoryPage['after'] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (Array.isArray(parsed) && typeof parsed[0] === 'number' && typeof parsed[1] === 'string')
      return { createdAtMs: parsed[0], id: parsed[1] }
  } catch {
    // Told below, like every other wrong cursor.
  }
  throw new AppError('invalid_request', 'after: expected the `next` of an earlier page.', { param: 'after' })
}
