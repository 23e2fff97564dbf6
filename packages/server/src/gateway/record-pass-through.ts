import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { ReportedUsage } from '../wires/wire.ts'
import type { GatewayDeps } from './gateway-deps.ts'

export interface PassedThrough {
  readonly requestId: string
  readonly key: AuthenticatedKey
  readonly model: string
  readonly isStream: boolean
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Null where Anthropic could not be reached. */
  readonly upstream: { readonly status: number; readonly requestId: string | null } | null
  readonly isWhole: boolean
  readonly usage: ReportedUsage
}

/** Prices of a call that costs no credits. */
const nothing = {
  inputPerMillion: 0,
  cacheReadPerMillion: 0,
  cacheWrite5mPerMillion: 0,
  cacheWrite1hPerMillion: 0,
  outputPerMillion: 0,
  perThousandWebSearches: 0,
}

/** Writes the row of a call that the user's own credential paid for: seen in the history, and worth nothing in the books. */
export async function recordPassThrough(deps: Pick<GatewayDeps, 'db' | 'logger'>, call: PassedThrough): Promise<void> {
  const { usage, key, upstream } = call
  const isRefused = upstream !== null && upstream.status >= 400
  await deps.db
    .insertInto('requests')
    .values({
      id: call.requestId,
      user_id: key.userId,
      key_id: key.keyId,
      partner_id: key.partnerId,
      endpoint: 'messages',
      model: call.model.slice(0, 300),
      provider: 'anthropic',
      is_stream: call.isStream ? 1 : 0,
      billed_to: 'passthrough',
      state: 'released',
      ending:
        upstream === null
          ? 'upstream_error'
          : isRefused
            ? 'upstream_rejected'
            : call.isWhole
              ? 'completed'
              : 'upstream_cut',
      http_status: upstream?.status ?? 502,
      error_code: null,
      is_estimated: 0,
      estimated_input_tokens: 0,
      requested_max_tokens: null,
      granted_max_tokens: null,
      progress_output_tokens: 0,
      input_tokens: usage.inputTokens ?? null,
      cache_read_tokens: usage.cacheReadTokens ?? null,
      cache_write_5m_tokens: usage.cacheWrite5mTokens ?? null,
      cache_write_1h_tokens: usage.cacheWrite1hTokens ?? null,
      output_tokens: usage.outputTokens ?? null,
      web_searches: usage.webSearches ?? null,
      price: JSON.stringify({ rates: nothing, tiers: [] }),
      share_basis_points: 0,
      fee_basis_points: 0,
      hold_microcredits: 0,
      provider_cost_microcredits: 0,
      share_microcredits: 0,
      fee_microcredits: 0,
      charge_microcredits: 0,
      shortfall_microcredits: 0,
      upstream_request_id: upstream?.requestId ?? null,
      created_at_ms: call.startedAtMs,
      first_byte_at_ms: null,
      ended_at_ms: call.endedAtMs,
    })
    .execute()
    // The call is done and has cost nothing: a row that cannot be written must not spoil it.
    .catch((error: unknown) =>
      deps.logger.error({ requestId: call.requestId, err: error }, 'no row for a pass-through'),
    )
}
