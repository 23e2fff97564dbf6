import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { explainEnding } from '../pricing/endings.ts'
import { parseRuns } from '../pricing/parse-runs.ts'
import { type Price, parsePrice, priceOfRun, type Rates, ratesFor } from '../pricing/price.ts'
import { type Buckets, type ModelRun, totalInputTokens } from '../pricing/usage.ts'
import type { Row } from '../store/schema.ts'

/** One request, whole: what it used, at which prices, what it cost, who paid. */
export function describeRequest(row: Row<'requests'>) {
  const usage = {
    input: row.input_tokens,
    cache_read: row.cache_read_tokens,
    cache_write_5m: row.cache_write_5m_tokens,
    cache_write_1h: row.cache_write_1h_tokens,
    output: row.output_tokens,
    web_searches: row.web_searches,
  }
  const totalInput =
    (row.input_tokens ?? 0) +
    (row.cache_read_tokens ?? 0) +
    (row.cache_write_5m_tokens ?? 0) +
    (row.cache_write_1h_tokens ?? 0)
  const isRunning = row.state === 'admitted'
  const price = parsePrice(row.price)
  return {
    request_id: row.id,
    status: isRunning ? 'running' : row.state,
    ending: row.ending,
    explanation: [explainEnding(row.ending), ...explainMiss(row)].join(' '),
    endpoint: row.endpoint,
    model: row.model,
    stream: row.is_stream === 1,
    billed_to: row.billed_to,
    estimated: row.is_estimated === 1,
    tokens: isRunning ? null : usage,
    /** Credits per million tokens (per thousand searches). */
    prices: describeRates(ratesFor(price, totalInput)),
    /** Where several models worked on it: what each run used, at which prices. */
    runs: row.runs === null ? null : parseRuns(row.runs).map((run) => describeRun(run, price)),
    referral_rate: row.share_basis_points / 10_000,
    fee_rate: row.fee_basis_points / 10_000,
    held: credits(row.hold_microcredits),
    provider_cost: credits(row.provider_cost_microcredits),
    referral_share: credits(row.share_microcredits),
    fee: credits(row.fee_microcredits),
    charge: credits(row.charge_microcredits),
    paid_by_operator: credits(row.shortfall_microcredits),
    above_hold: credits(row.missed_microcredits),
    above_budget: credits(row.over_budget_microcredits),
    max_tokens: {
      requested: row.requested_max_tokens,
      sent: row.granted_max_tokens ?? row.requested_max_tokens,
      clamped: isClamped(row),
    },
    http_status: row.http_status,
    error: row.error_code,
    created_at: new Date(row.created_at_ms).toISOString(),
    ended_at: row.ended_at_ms === null ? null : new Date(row.ended_at_ms).toISOString(),
    first_byte_ms: row.first_byte_at_ms === null ? null : row.first_byte_at_ms - row.created_at_ms,
  }
}

/** Returns [] unless the call cost more than its hold. */
function explainMiss(row: Row<'requests'>): readonly string[] {
  if ((row.missed_microcredits ?? 0) === 0) return []
  return [
    'It cost more than was held for it; the wallet paid the difference.',
    ...((row.over_budget_microcredits ?? 0) > 0 ? ['The charge went past the key’s budget.'] : []),
    ...((row.shortfall_microcredits ?? 0) > 0 ? ['The operator paid what the wallet could not.'] : []),
  ]
}

/** Whether the answer was given fewer tokens than were asked for, because the credits did not cover more. */
function isClamped({ requested_max_tokens: requested, granted_max_tokens: granted }: Row<'requests'>): boolean {
  return granted !== null && (requested === null || granted < requested)
}

function describeRun({ kind, model, usage }: ModelRun, price: Price) {
  return {
    kind,
    model,
    tokens: describeBuckets(usage),
    prices: describeRates(ratesFor(priceOfRun(price, model), totalInputTokens(usage))),
  }
}

function describeBuckets(usage: Buckets) {
  return {
    input: usage.inputTokens,
    cache_read: usage.cacheReadTokens,
    cache_write_5m: usage.cacheWrite5mTokens,
    cache_write_1h: usage.cacheWrite1hTokens,
    output: usage.outputTokens,
    web_searches: usage.webSearches,
  }
}

function describeRates(rates: Rates) {
  return {
    input: credits(rates.inputPerMillion),
    cache_read: credits(rates.cacheReadPerMillion),
    cache_write_5m: credits(rates.cacheWrite5mPerMillion),
    cache_write_1h: credits(rates.cacheWrite1hPerMillion),
    output: credits(rates.outputPerMillion),
    web_searches_per_thousand: credits(rates.perThousandWebSearches),
  }
}

function credits(amount: number | null): number | null {
  return amount === null ? null : creditsFromMicrocredits(microcredits(amount))
}
