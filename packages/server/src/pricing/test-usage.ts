import type { ModelPrice, Rates } from './price.ts'
import { type Buckets, type ModelRun, noUsage } from './usage.ts'

/** A price for tests: a token read costs `input` microcredits, one written `output`. */
export function priceOf(input: number, output: number, more: Partial<Rates> = {}): ModelPrice {
  return {
    rates: {
      ...{ inputPerMillion: input * 1_000_000, outputPerMillion: output * 1_000_000, cacheReadPerMillion: 0 },
      ...{ cacheWrite5mPerMillion: 0, cacheWrite1hPerMillion: 0, perThousandWebSearches: 0 },
      ...more,
    },
    tiers: [],
  }
}

export function bucketsWith(counts: Partial<Buckets>): Buckets {
  return { ...noUsage, ...counts }
}

export function runOf(kind: ModelRun['kind'], model: string | null, counts: Partial<Buckets>): ModelRun {
  return { kind, model, usage: bucketsWith(counts) }
}
