import { type Microcredits, microcredits } from '../kernel/microcredits.ts'
import type { CallCost } from '../partners/call-cost.ts'
import type { Usage } from '../pricing/usage.ts'
import { type StatementTarget, statement } from '../store/statement.ts'
import type { AdmittedCall } from './admit.ts'
import type { EndedCall } from './settle-request.ts'

/** The row of a call that credits pay for: written at its admission, with the terms that hold for it, and once at its end. */
export async function insertRequest(
  target: StatementTarget,
  call: AdmittedCall,
  holdMicrocredits: Microcredits,
  nowMs: number,
): Promise<void> {
  await insertRow.run(
    target,
    call.requestId,
    call.key.userId,
    call.key.keyId,
    call.key.partnerId,
    call.wire.endpoint,
    call.model.id,
    call.model.provider,
    call.request.isStream ? 1 : 0,
    call.estimatedInputTokens,
    call.request.maxTokens,
    call.maxTokensSent,
    priceText(call),
    call.terms.shareBasisPoints,
    call.terms.feeBasisPoints,
    holdMicrocredits,
    nowMs,
  )
}

const insertRow = statement(
  `insert into requests (id, user_id, key_id, partner_id, endpoint, model, provider, is_stream, estimated_input_tokens,
     requested_max_tokens, granted_max_tokens, price, share_basis_points, fee_basis_points, hold_microcredits,
     created_at_ms, billed_to, state, is_estimated, progress_output_tokens)
   values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'credits', 'admitted', 0, 0)`,
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
  readonly cost: CallCost
  readonly chargedMicrocredits: Microcredits
  readonly shortfallMicrocredits: Microcredits
  readonly grantedMaxTokens: number | null
}

export async function writeSettled(
  target: StatementTarget,
  call: EndedCall,
  { usage, isEstimated, cost, ...parts }: SettledParts,
  nowMs: number,
): Promise<void> {
  await settleRow.run(
    target,
    call.ending,
    call.httpStatus,
    call.errorCode,
    call.upstreamRequestId,
    call.firstByteAtMs,
    nowMs,
    isEstimated ? 1 : 0,
    usage.inputTokens,
    usage.cacheReadTokens,
    usage.cacheWrite5mTokens,
    usage.cacheWrite1hTokens,
    usage.outputTokens,
    usage.webSearches,
    cost.costMicrocredits,
    cost.shareMicrocredits,
    cost.feeMicrocredits,
    parts.chargedMicrocredits,
    parts.shortfallMicrocredits,
    parts.grantedMaxTokens,
    call.requestId,
  )
}

const settleRow = statement(
  `update requests set state = 'settled', ending = ?, http_status = ?, error_code = ?, upstream_request_id = ?,
     first_byte_at_ms = ?, ended_at_ms = ?, is_estimated = ?, input_tokens = ?, cache_read_tokens = ?,
     cache_write_5m_tokens = ?, cache_write_1h_tokens = ?, output_tokens = ?, web_searches = ?,
     provider_cost_microcredits = ?, share_microcredits = ?, fee_microcredits = ?, charge_microcredits = ?,
     shortfall_microcredits = ?, granted_max_tokens = coalesce(?, granted_max_tokens)
   where id = ?`,
)

export async function writeReleased(target: StatementTarget, call: EndedCall, nowMs: number): Promise<void> {
  await releaseRow.run(
    target,
    call.ending,
    call.httpStatus,
    call.errorCode,
    call.upstreamRequestId,
    call.firstByteAtMs,
    nowMs,
    call.requestId,
  )
}

const releaseRow = statement(
  `update requests set state = 'released', ending = ?, http_status = ?, error_code = ?, upstream_request_id = ?,
     first_byte_at_ms = ?, ended_at_ms = ?, charge_microcredits = 0, shortfall_microcredits = 0
   where id = ?`,
)

/** What the books say that a call has cost its user. */
export async function readCharge(target: StatementTarget, requestId: string): Promise<Microcredits> {
  const { rows } = await findCharge.run(target, requestId)
  return microcredits(rows[0]?.charge_microcredits ?? 0)
}

const findCharge = statement<{ charge_microcredits: number | null }>(
  'select charge_microcredits from requests where id = ?',
)
