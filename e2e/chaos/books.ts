import type { Store } from './store.ts'

/** The rows of the store that money is in, as the auditor reads them: past the server's own code. */
export interface Books {
  readonly requests: readonly RequestRow[]
  readonly holds: readonly HoldRow[]
  /** In the order in which they were made. */
  readonly transfers: readonly TransferRow[]
  readonly purchases: readonly PurchaseRow[]
  readonly wallets: readonly WalletRow[]
  /** Users with a mark. */
  readonly marked: ReadonlySet<string>
}

export interface RequestRow {
  readonly id: string
  readonly userId: string
  readonly endpoint: string
  readonly model: string
  readonly billedTo: string
  readonly state: string
  readonly ending: string | null
  readonly isEstimated: boolean
  readonly maxTokens: number | null
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly outputTokens: number
  readonly searches: number
  /** All that was held by its end. */
  readonly hold: number
  readonly cost: number
  readonly share: number
  readonly charge: number
  readonly shortfall: number
  readonly upstreamRequestId: string | null
  readonly createdAtMs: number
  readonly endedAtMs: number | null
}

export interface HoldRow {
  readonly id: string
  readonly state: string
}

export interface TransferRow {
  readonly id: string
  readonly debit: string
  readonly credit: string
  readonly amount: number
  readonly code: string
  readonly causeId: string
}

export interface PurchaseRow {
  readonly id: string
  readonly userId: string
  readonly status: string
  readonly sessionId: string | null
}

export interface WalletRow {
  readonly userId: string
  readonly posted: number
  readonly held: number
}

type Fields = Readonly<Record<string, unknown>>

export async function readBooks(store: Store): Promise<Books> {
  const read = async <Row>(table: string, toRow: (fields: Fields) => Row) =>
    (await store.rows(`select * from ${table}`)).map(toRow)
  return {
    requests: await read('requests', requestOf),
    holds: await read('holds', (row) => ({ id: text(row.id), state: text(row.state) })),
    transfers: await read('transfers order by seq', (row) => ({
      id: text(row.id),
      debit: text(row.debit_account),
      credit: text(row.credit_account),
      amount: number(row.amount_microcredits),
      code: text(row.code),
      causeId: text(row.cause_id),
    })),
    purchases: await read('purchases', (row) => ({
      id: text(row.id),
      userId: text(row.user_id),
      status: text(row.status),
      sessionId: textOrNull(row.stripe_session_id),
    })),
    wallets: await read('wallets', (row) => ({
      userId: text(row.user_id),
      posted: number(row.posted_microcredits),
      held: number(row.held_microcredits),
    })),
    marked: new Set(await read('users where marked_at_ms is not null', (row) => text(row.id))),
  }
}

function requestOf(row: Fields): RequestRow {
  return {
    id: text(row.id),
    userId: text(row.user_id),
    endpoint: text(row.endpoint),
    model: text(row.model),
    billedTo: text(row.billed_to),
    state: text(row.state),
    ending: textOrNull(row.ending),
    isEstimated: number(row.is_estimated) === 1,
    maxTokens: row.requested_max_tokens === null ? null : number(row.requested_max_tokens),
    inputTokens: number(row.input_tokens),
    cacheReadTokens: number(row.cache_read_tokens),
    cacheWrite5mTokens: number(row.cache_write_5m_tokens),
    cacheWrite1hTokens: number(row.cache_write_1h_tokens),
    outputTokens: number(row.output_tokens),
    searches: number(row.web_searches),
    hold: number(row.hold_microcredits),
    cost: number(row.provider_cost_microcredits),
    share: number(row.share_microcredits),
    charge: number(row.charge_microcredits),
    shortfall: number(row.shortfall_microcredits),
    upstreamRequestId: textOrNull(row.upstream_request_id),
    createdAtMs: number(row.created_at_ms),
    endedAtMs: row.ended_at_ms === null ? null : number(row.ended_at_ms),
  }
}

function text(value: unknown): string {
  return String(value)
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** Null counts as nothing: what a request did not use. PostgreSQL tells its big integers as text. */
function number(value: unknown): number {
  return Number(value ?? 0)
}
