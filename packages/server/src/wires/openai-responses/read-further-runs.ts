import { listOf, property } from '../ceiling/prompt-parts.ts'
import type { FurtherRun } from '../wire.ts'

/** Compactions, which are part of the response's own usage: https://developers.openai.com/api/docs/guides/compaction. */
export function readFurtherRuns(body: Readonly<Record<string, unknown>>): readonly FurtherRun[] {
  const run = {
    kind: 'compaction',
    providers: ['openai', 'xai'],
    model: 'same',
    timesMax: 1,
    outputTokensMax: null,
    cacheWrite: null,
  } as const
  const entries = listOf(body.context_management).map((entry, index) => {
    const threshold = property(entry, 'compact_threshold')
    const fromInputTokens = Number.isFinite(threshold) ? Number(threshold) : 0
    return { ...run, param: `context_management[${index}]`, fromInputTokens }
  })
  const triggers = listOf(body.input).flatMap((item, index) =>
    property(item, 'type') === 'compaction_trigger' ? [{ ...run, param: `input[${index}]`, fromInputTokens: 0 }] : [],
  )
  return [...entries, ...triggers]
}
