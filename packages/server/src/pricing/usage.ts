/** What one run of a model used. The buckets are disjoint: a cached token is not an input token. All counts are whole and not negative. */
export interface Buckets {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  /** Reasoning included: every provider bills it as output. */
  readonly outputTokens: number
  readonly webSearches: number
}

/** What a call used. */
export interface Usage extends Buckets {
  /**
   * Where the provider counts the runs of its models apart: all of them. They are what it bills; the buckets beside them
   * leave some out.
   */
  readonly runs?: readonly ModelRun[]
  /** What a stream has shown of its runs: all that is known of them where it is cut before they are counted. */
  readonly runsSeen?: RunsSeen
}

/** Runs that a provider makes on behalf of a call, beside the one that answers. */
export type FurtherRunKind = 'compaction' | 'advisor' | 'fallback'

export interface RunsSeen {
  /** The provider's name of the model that began to answer. */
  readonly answeredBy: string | null
  readonly begun: Readonly<Record<FurtherRunKind, number>>
}

export interface ModelRun {
  readonly kind: 'message' | FurtherRunKind | 'other'
  /** The provider's name of the model; null: the model of the call. */
  readonly model: string | null
  readonly usage: Buckets
}

export const noUsage: Buckets = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  webSearches: 0,
}

/** Everything that the model read, cached or not: what a provider's long-context tiers go by. */
export function totalInputTokens(usage: Buckets): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
}

/** A count that a provider may truly report; a negative, broken or absurd one is not believed. */
export function isCredibleCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 1_000_000_000
}
