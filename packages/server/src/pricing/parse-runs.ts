import { z } from 'zod'
import type { ModelRun } from './usage.ts'

const count = z.number().int().nonnegative()

const runsSchema = z.array(
  z.object({
    kind: z.enum(['message', 'compaction', 'advisor', 'fallback', 'other']),
    model: z.string().nullable(),
    usage: z.object({
      inputTokens: count,
      cacheReadTokens: count,
      cacheWrite5mTokens: count,
      cacheWrite1hTokens: count,
      outputTokens: count,
      webSearches: count,
    }),
  }),
)

/** Reads the runs of a call back from its row. */
export function parseRuns(json: string): readonly ModelRun[] {
  return runsSchema.parse(JSON.parse(json))
}
