import { divideRoundingUp, type Microcredits, microcredits } from '../kernel/microcredits.ts'
import { type Price, ratesFor } from './price.ts'
import { totalInputTokens, type Usage } from './usage.ts'

/**
 * What a usage costs at the provider. The sum is exact; it is rounded once, up to a whole microcredit (USD 0.00000001),
 * so that the provider is always covered.
 */
export function quoteCost(usage: Usage, price: Price): Microcredits {
  const rates = ratesFor(price, totalInputTokens(usage))
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
  const perMillion =
    BigInt(usage.inputTokens) * BigInt(rates.inputPerMillion) +
    BigInt(usage.cacheReadTokens) * BigInt(rates.cacheReadPerMillion) +
    BigInt(usage.cacheWrite5mTokens) * BigInt(rates.cacheWrite5mPerMillion) +
    BigInt(usage.cacheWrite1hTokens) * BigInt(rates.cacheWrite1hPerMillion) +
    BigInt(usage.outputTokens) * BigInt(rates.outputPerMillion) +
    BigInt(usage.webSearches) * BigInt(rates.perThousandWebSearches) * 1000n
  return microcredits(divideRoundingUp(perMillion, 1_000_000n))
}
