import { bucketsOf } from './billed-runs.ts'
import type { FurtherRunKind, ModelRun, Usage } from './usage.ts'

/**
 * The runs of an answer that was cut before its provider counted them all: beside those that it counted those that the
 * answer shows, each at the most that was held for it; where nothing of it was seen, all that may have been made.
 * @param runsAtMost every run that may have been made.
 */
export function withUncountedRuns(usage: Usage, runsAtMost: readonly ModelRun[]): Usage {
  if (runsAtMost.length === 0) return usage
  const { runs, runsSeen } = usage
  const counted = runs ?? [{ kind: 'message', model: runsSeen?.answeredBy ?? null, usage: bucketsOf(usage) } as const]
  const uncounted = (kind: FurtherRunKind) => {
    const made = counted.filter((run) => run.kind === kind).length
    return runsAtMost.filter((run) => run.kind === kind).slice(made, runsSeen?.begun[kind])
  }
  const fallbacks = uncounted('fallback').map((run) => ({
    ...run,
    // Which of the models said what is not known.
    usage: { ...run.usage, outputTokens: Math.max(run.usage.outputTokens, usage.outputTokens) },
  }))
  return { ...usage, runs: [...uncounted('compaction'), ...uncounted('advisor'), ...counted, ...fallbacks] }
}
