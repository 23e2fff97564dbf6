import { anthropicUpstream } from '../wires/anthropic-messages/upstream.ts'
import { createAnthropicBatches } from './anthropic-batches.ts'
import type { BatchDeps } from './batch-deps.ts'
import { forgetOldItems } from './forget-old-items.ts'
import { pollBatches } from './poll-batches.ts'

interface BatchJob {
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

/** What happens to batches without being asked for, also with `KEPT=off`: those that were made before are settled. */
export function batchJobs(deps: BatchDeps): readonly BatchJob[] {
  const messages = { provider: createAnthropicBatches(deps.upstreams), reader: anthropicUpstream }
  const kinds = { messages, openai: messages }
  return [
    { name: 'batches', everyMs: Math.min(5_000, deps.batchLimits.pollMs), run: () => pollBatches({ ...deps, kinds }) },
    { name: 'old batches', everyMs: 3_600_000, run: () => forgetOldItems(deps) },
  ]
}
