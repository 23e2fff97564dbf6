import { type Buckets, type ModelRun, noUsage, type Usage } from './usage.ts'

/**
 * All runs that a call is billed for. What the sum beside them has and none of them, the searches among it, is billed to
 * the model of the call: nothing that was reported is free. A provider's own sum has neither compactions nor advice.
 */
export function billedRuns(usage: Usage): readonly ModelRun[] {
  const { runs } = usage
  if (runs === undefined) return [{ kind: 'message', model: null, usage: bucketsOf(usage) }]
  const summed = sum(runs.filter(({ kind }) => kind !== 'compaction' && kind !== 'advisor').map((run) => run.usage))
  const rest = combine(bucketsOf(usage), summed, (whole, part) => Math.max(0, whole - part))
  return isNothing(rest) ? runs : [...runs, { kind: 'message', model: null, usage: rest }]
}

/** A usage whose buckets are the sum of all that is billed. */
export function completeUsage(usage: Usage): Usage {
  if (usage.runs === undefined) return usage
  const runs = billedRuns(usage)
  return { ...sum(runs.map((run) => run.usage)), runs }
}

function sum(all: readonly Buckets[]): Buckets {
  return all.reduce((one, other) => combine(one, other, (a, b) => a + b), noUsage)
}

function combine(one: Buckets, other: Buckets, by: (a: number, b: number) => number): Buckets {
  return {
    inputTokens: by(one.inputTokens, other.inputTokens),
    cacheReadTokens: by(one.cacheReadTokens, other.cacheReadTokens),
    cacheWrite5mTokens: by(one.cacheWrite5mTokens, other.cacheWrite5mTokens),
    cacheWrite1hTokens: by(one.cacheWrite1hTokens, other.cacheWrite1hTokens),
    outputTokens: by(one.outputTokens, other.outputTokens),
    webSearches: by(one.webSearches, other.webSearches),
  }
}

/** The counts of a usage, without its runs. */
export function bucketsOf(usage: Usage): Buckets {
  return combine(usage, noUsage, (count) => count)
}

function isNothing(buckets: Buckets): boolean {
  return Object.values(buckets).every((count) => count === 0)
}
