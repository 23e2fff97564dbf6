import { bucketsOf } from './billed-runs.ts'
import type { FurtherRunKind, ModelRun, Usage } from './usage.ts'

/**
 * The runs of an answer that was cut before its provider counted them: those that it shows, each at the most that was
 * held for it; where nothing of it was seen, all that may have been made.
 * @param runsAtMost every run that may have been made.
 */
export function withUncountedRuns(usage: Usage, runsAtMost: readonly ModelRun[]): Usage {
  if (usage.runs !== undefined || runsAtMost.length === 0) return usage
  const { runsSeen } = usage
  const answer: ModelRun = { kind: 'message', model: runsSeen?.answeredBy ?? null, usage: bucketsOf(usage) }
  const begun = (kind: FurtherRunKind) => {
    const runs = runsAtMost.filter((run) => run.kind === kind)
    return runsSeen === undefined ? runs : runs.slice(0, runsSeen.begun[kind])
  }
  const fallbacks = begun('fallback').map((run) => ({
    ...run,
    // Which of the models said what is not known.
    usage: { ...run.usage, outputTokens: Math.max(run.usage.outputTokens, usage.outputTokens) },
  }))
  return { ...usage, runs: [...begun('compaction'), ...begun('advisor'), answer, ...fallbacks] }
}
