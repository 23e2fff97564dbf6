/** What a call used. The buckets are disjoint: a cached token is not an input token. All counts are whole and not negative. */
export interface Usage {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  /** Reasoning included: every provider bills it as output. */
  readonly outputTokens: number
  readonly webSearches: number
}

export const noUsage: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  webSearches: 0,
}

/** Everything that the model read, cached or not: what a provider's long-context tiers go by. */
export function totalInputTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
}

/** A count that a provider may truly report; a negative, broken or absurd one is not believed. */
export function isCredibleCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 1_000_000_000
}
