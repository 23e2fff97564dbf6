import { assert } from '../kernel/assert.ts'
import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { SettledHold } from '../ledger/charge-hold.ts'
import type { Usage } from '../pricing/usage.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { type Session, statement } from '../store/statement.ts'
import type { AdmittedCall } from './admit.ts'
import type { EndedCall } from './settle-request.ts'

/** The rows of calls that credits pay for: written at their admission, with the terms that hold for them, and once at their end. */
export async function insertRequests(session: Session, calls: readonly AdmittedCall[]): Promise<void> {
  await insertRequestRows(session, calls.map(rowOf))
}

export type AdmittedRow = Omit<ReturnType<typeof rowOf>, 'endpoint' | 'provider'> & {
  readonly endpoint: string
  readonly provider: string
}

/** Rows as they are at the admission of calls. */
export async function insertRequestRows(session: Session, rows: readonly AdmittedRow[]): Promise<void> {
  await insertRows.run(session, rows)
}

function rowOf(call: AdmittedCall) {
  return {
    id: call.requestId,
    user_id: call.key.userId,
    key_id: call.key.keyId,
    partner_id: call.key.partnerId,
    endpoint: call.wire.endpoint,
    model: call.model.id,
    provider: call.model.provider,
    is_stream: call.request.isStream ? 1 : 0,
    estimated_input_tokens: call.estimatedInputTokens,
    requested_max_tokens: call.request.maxTokens,
    granted_max_tokens: call.maxTokensSent,
    price: priceText(call),
    share_basis_points: call.terms.shareBasisPoints,
    fee_basis_points: call.terms.feeBasisPoints,
    hold_microcredits: call.plan.amountMicrocredits,
    created_at_ms: call.admittedAtMs,
    billed_to: 'credits',
    state: 'admitted',
    is_estimated: 0,
    progress_output_tokens: 0,
  }
}

const insertRows = statement<AdmittedRow>(
  {
    ...{ id: 'text', user_id: 'text', key_id: 'text', partner_id: 'text', endpoint: 'text', model: 'text' },
    ...{ provider: 'text', is_stream: 'bigint', estimated_input_tokens: 'bigint', requested_max_tokens: 'bigint' },
    ...{ granted_max_tokens: 'bigint', price: 'text', share_basis_points: 'bigint', fee_basis_points: 'bigint' },
    ...{ hold_microcredits: 'bigint', created_at_ms: 'bigint', billed_to: 'text', state: 'text' },
    ...{ is_estimated: 'bigint', progress_output_tokens: 'bigint' },
  },
  ({ values }) =>
    `insert into requests (id, user_id, key_id, partner_id, endpoint, model, provider, is_stream,
       estimated_input_tokens, requested_max_tokens, granted_max_tokens, price, share_basis_points, fee_basis_points,
       hold_microcredits, created_at_ms, billed_to, state, is_estimated, progress_output_tokens) ${values}`,
)

/** A model's price is one object as long as the server runs. */
const priceTexts = new WeakMap<object, string>()

function priceText({ terms }: AdmittedCall): string {
  const known = priceTexts.get(terms.price)
  if (known !== undefined) return known
  const text = JSON.stringify(terms.price)
  priceTexts.set(terms.price, text)
  return text
}

export interface SettledParts {
  readonly usage: Usage
  readonly isEstimated: boolean
  /** What was paid, and by whom. */
  readonly paid: SettledHold
  readonly grantedMaxTokens: number | null
}

/** How a call ended: with its parts, or, where it cost nothing, without. */
export interface RowEnd {
  readonly call: EndedCall
  readonly parts: SettledParts | null
  readonly endedAtMs: number
}

export async function endRequests(session: Session, ends: readonly RowEnd[]): Promise<void> {
  await endRows.run(session, ends.map(endOf))
}

function endOf({ call, parts, endedAtMs }: RowEnd) {
  const usage = parts?.usage ?? null
  const paid = parts?.paid ?? null
  return {
    id: call.requestId,
    state: parts === null ? 'released' : 'settled',
    ending: call.ending,
    http_status: call.httpStatus,
    error_code: call.errorCode,
    upstream_request_id: call.upstreamRequestId,
    first_byte_at_ms: call.firstByteAtMs,
    ended_at_ms: endedAtMs,
    is_estimated: parts?.isEstimated === true ? 1 : 0,
    input_tokens: usage?.inputTokens ?? null,
    cache_read_tokens: usage?.cacheReadTokens ?? null,
    cache_write_5m_tokens: usage?.cacheWrite5mTokens ?? null,
    cache_write_1h_tokens: usage?.cacheWrite1hTokens ?? null,
    output_tokens: usage?.outputTokens ?? null,
    web_searches: usage?.webSearches ?? null,
    runs: usage?.runs === undefined ? null : JSON.stringify(usage.runs),
    hold_microcredits: paid?.heldMicrocredits ?? null,
    provider_cost_microcredits: paid?.costMicrocredits ?? null,
    share_microcredits: paid?.shareMicrocredits ?? null,
    fee_microcredits: paid?.feeMicrocredits ?? null,
    charge_microcredits: paid?.chargedMicrocredits ?? 0,
    shortfall_microcredits: paid?.shortfallMicrocredits ?? 0,
    missed_microcredits: paid?.missedMicrocredits ?? 0,
    over_budget_microcredits: paid?.overBudgetMicrocredits ?? 0,
    granted_max_tokens: parts?.grantedMaxTokens ?? null,
  }
}

const endRows = statement<ReturnType<typeof endOf>>(
  {
    ...{ id: 'text', state: 'text', ending: 'text', http_status: 'bigint', error_code: 'text' },
    ...{ upstream_request_id: 'text', first_byte_at_ms: 'bigint', ended_at_ms: 'bigint', is_estimated: 'bigint' },
    ...{ input_tokens: 'bigint', cache_read_tokens: 'bigint', cache_write_5m_tokens: 'bigint' },
    ...{ cache_write_1h_tokens: 'bigint', output_tokens: 'bigint', web_searches: 'bigint', runs: 'text' },
    ...{ hold_microcredits: 'bigint', provider_cost_microcredits: 'bigint', share_microcredits: 'bigint' },
    ...{ fee_microcredits: 'bigint', charge_microcredits: 'bigint', shortfall_microcredits: 'bigint' },
    ...{ missed_microcredits: 'bigint', over_budget_microcredits: 'bigint', granted_max_tokens: 'bigint' },
  },
  ({ asked, from }) =>
    `update requests set state = ${asked.state}, ending = ${asked.ending}, http_status = ${asked.http_status},
       error_code = ${asked.error_code}, upstream_request_id = ${asked.upstream_request_id},
       first_byte_at_ms = ${asked.first_byte_at_ms}, ended_at_ms = ${asked.ended_at_ms},
       is_estimated = ${asked.is_estimated}, input_tokens = coalesce(${asked.input_tokens}, requests.input_tokens),
       cache_read_tokens = ${asked.cache_read_tokens}, cache_write_5m_tokens = ${asked.cache_write_5m_tokens},
       cache_write_1h_tokens = ${asked.cache_write_1h_tokens}, output_tokens = ${asked.output_tokens},
       web_searches = ${asked.web_searches}, runs = ${asked.runs},
       hold_microcredits = coalesce(${asked.hold_microcredits}, requests.hold_microcredits),
       provider_cost_microcredits = ${asked.provider_cost_microcredits},
       share_microcredits = ${asked.share_microcredits}, fee_microcredits = ${asked.fee_microcredits},
       charge_microcredits = ${asked.charge_microcredits}, shortfall_microcredits = ${asked.shortfall_microcredits},
       missed_microcredits = ${asked.missed_microcredits}, over_budget_microcredits = ${asked.over_budget_microcredits},
       granted_max_tokens = coalesce(${asked.granted_max_tokens}, requests.granted_max_tokens)
     ${from} where requests.id = ${asked.id}`,
)

/**
 * Reads what the user paid for a call that has ended.
 * @throws when the row is missing or has no charge: an unknown charge is not 0.
 */
export async function readCharge(db: DatabaseReader, requestId: string): Promise<Microcredits> {
  const row = await db
    .selectFrom('requests')
    .select('charge_microcredits')
    .where('id', '=', requestId)
    .executeTakeFirst()
  const charge = row?.charge_microcredits ?? null
  assert(charge !== null, `the charge of ${requestId} is unknown`)
  return microcredits(charge)
}
