import { anthropicUpstream } from '../wires/anthropic-messages/upstream.ts'
import { openaiChatUpstream } from '../wires/openai-chat/upstream.ts'
import { readOutputText } from '../wires/openai-responses/read-output-text.ts'
import { readUsage } from '../wires/openai-responses/read-usage.ts'
import { createAnthropicBatches } from './anthropic-batches.ts'
import type { BatchDeps } from './batch-deps.ts'
import { forgetOldItems } from './forget-old-items.ts'
import { createOpenaiBatches } from './openai-batches.ts'
import { addOutputFiles } from './output-files.ts'
import { type BatchKinds, pollBatches } from './poll-batches.ts'

const responsesReader = { readUsage, readOutputText }

interface BatchJob {
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

/** What happens to batches without being asked for, also with `KEPT=off`: those that were made before are settled. */
export function batchJobs(deps: BatchDeps): readonly BatchJob[] {
  const kinds: BatchKinds = {
    messages: {
      provider: createAnthropicBatches(deps.upstreams),
      readerOf: () => anthropicUpstream,
      onEnded: async ({ details }) => details,
    },
    openai: {
      provider: createOpenaiBatches(deps.upstreams),
      readerOf: ({ details }) => (details.includes('"/v1/responses"') ? responsesReader : openaiChatUpstream),
      onEnded: (batch, found) => addOutputFiles(deps, batch, found),
    },
  }
  return [
    { name: 'batches', everyMs: Math.min(5_000, deps.batchLimits.pollMs), run: () => pollBatches({ ...deps, kinds }) },
    { name: 'old batches', everyMs: 3_600_000, run: () => forgetOldItems(deps) },
  ]
}
