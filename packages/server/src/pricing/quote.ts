import { divideRoundingUp, type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { billedRuns } from './billed-runs.ts'
import { type ModelPrice, type Price, priceOfRun, type Rates, ratesFor } from './price.ts'
import { type Buckets, totalInputTokens, type Usage } from './usage.ts'

/**
 * What a usage costs at the provider, each run of a model by its own price. The sum is exact; it is rounded once, up to a
 * whole microcredit (USD 0.00000001), so that the provider is always covered.
 */
export function quoteCost(usage: Usage, price: Price): Microcredits {
  if (usage.runs === undefined) return quoteRun(usage, price)
  const perMillion = billedRuns(usage).reduce(
    (sum, run) => sum + perMillionOf(run.usage, ratesOf(run.usage, priceOfRun(price, run.model))),
    0n,
  )
  return microcredits(divideRoundingUp(perMillion, 1_000_000n))
}

/** What one run costs. */
export function quoteRun(usage: Buckets, price: ModelPrice): Microcredits {
  const rates = ratesOf(usage, price)
  const inNumbers =
    usage.inputTokens * rates.inputPerMillion +
    usage.cacheReadTokens * rates.cacheReadPerMillion +
    usage.cacheWrite5mTokens * rates.cacheWrite5mPerMillion +
    usage.cacheWrite1hTokens * rates.cacheWrite1hPerMillion +
    usage.outputTokens * rates.outputPerMillion +
    usage.webSearches * rates.perThousandWebSearches * 1000
  // No part is negative, so a sum that is safe was made of parts that are, and nothing was rounded on the way.
  if (Number.isSafeInteger(inNumbers)) {
    const rest = inNumbers % 1_000_000
    return microcredits((inNumbers - rest) / 1_000_000 + (rest > 0 ? 1 : 0))
  }
  return microcredits(divideRoundingUp(perMillionOf(usage, rates), 1_000_000n))
}

function ratesOf(usage: Buckets, price: ModelPrice): Rates {
  return ratesFor(price, totalInputTokens(usage))
}

function perMillionOf(usage: Buckets, rates: Rates): bigint {
  return (
    BigInt(usage.inputTokens) * BigInt(rates.inputPerMillion) +
    BigInt(usage.cacheReadTokens) * BigInt(rates.cacheReadPerMillion) +
    BigInt(usage.cacheWrite5mTokens) * BigInt(rates.cacheWrite5mPerMillion) +
    BigInt(usage.cacheWrite1hTokens) * BigInt(rates.cacheWrite1hPerMillion) +
    BigInt(usage.outputTokens) * BigInt(rates.outputPerMillion) +
    BigInt(usage.webSearches) * BigInt(rates.perThousandWebSearches) * 1000n
  )
}
