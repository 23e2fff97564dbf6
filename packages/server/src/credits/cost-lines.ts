import type { PartnerCostBucket, PartnerCostLine } from '@opencredits/protocol'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import { billedRuns } from '../pricing/billed-runs.ts'
import { parseRuns } from '../pricing/parse-runs.ts'
import { parsePrice, priceOfRun, type Rates, ratesFor } from '../pricing/price.ts'
import { type Buckets, totalInputTokens, type Usage } from '../pricing/usage.ts'
import type { Row } from '../store/schema.ts'

export interface CostLines {
  readonly lines: readonly PartnerCostLine[]
  /** Credits that the booked cost has above the lines. */
  readonly rounding: number
}

const buckets: readonly (readonly [PartnerCostBucket, keyof Buckets, keyof Rates, 1_000_000 | 1000])[] = [
  ['input', 'inputTokens', 'inputPerMillion', 1_000_000],
  ['cache_read', 'cacheReadTokens', 'cacheReadPerMillion', 1_000_000],
  ['cache_write_5m', 'cacheWrite5mTokens', 'cacheWrite5mPerMillion', 1_000_000],
  ['cache_write_1h', 'cacheWrite1hTokens', 'cacheWrite1hPerMillion', 1_000_000],
  ['output', 'outputTokens', 'outputPerMillion', 1_000_000],
  ['web_searches', 'webSearches', 'perThousandWebSearches', 1000],
]

type CountColumn = 'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'output'

/** What of a call its cost is made of. */
export type CostedRow = Pick<
  Row<'requests'>,
  'state' | 'price' | 'runs' | 'provider_cost_microcredits' | 'web_searches' | `${CountColumn}_tokens`
>

/** Microcredits, times a million: the unit in which no line has to be rounded. */
const exactPerMicrocredit = 1_000_000n

/** What a call's cost at the provider is made of, bucket by bucket, from the price that was fixed when it was admitted. */
export function costLinesOf(row: CostedRow): CostLines {
  const usage = usageOf(row)
  if (row.state === 'admitted' || usage === null) return { lines: [], rounding: 0 }
  const price = parsePrice(row.price)
  const counted = billedRuns(usage).flatMap((run) => {
    const rates = ratesFor(priceOfRun(price, run.model), totalInputTokens(run.usage))
    return buckets.flatMap(([bucket, counts, rate, per]) => {
      const count = run.usage[counts]
      if (count === 0) return []
      const exact = (BigInt(count) * BigInt(rates[rate]) * exactPerMicrocredit) / BigInt(per)
      const priced = { price: creditsFromMicrocredits(microcredits(rates[rate])), price_per: per } as const
      return [{ exact, line: { model: run.model, bucket, count, ...priced, credits: creditsOfExact(exact) } }]
    })
  })
  const sum = counted.reduce((total, { exact }) => total + exact, 0n)
  const booked = BigInt(row.provider_cost_microcredits ?? 0) * exactPerMicrocredit
  return { lines: counted.map(({ line }) => line), rounding: creditsOfExact(booked - sum) }
}

function usageOf(row: CostedRow): Usage | null {
  if (row.input_tokens === null || row.output_tokens === null) return null
  return {
    inputTokens: row.input_tokens,
    cacheReadTokens: row.cache_read_tokens ?? 0,
    cacheWrite5mTokens: row.cache_write_5m_tokens ?? 0,
    cacheWrite1hTokens: row.cache_write_1h_tokens ?? 0,
    outputTokens: row.output_tokens,
    webSearches: row.web_searches ?? 0,
    ...(row.runs === null ? {} : { runs: parseRuns(row.runs) }),
  }
}

/** Twelve decimals, of which a number has all up to a thousand credits a line. */
function creditsOfExact(exact: bigint): number {
  const sign = exact < 0n ? '-' : ''
  const digits = (exact < 0n ? -exact : exact).toString().padStart(13, '0')
  return Number(`${sign}${digits.slice(0, -12)}.${digits.slice(-12)}`)
}
