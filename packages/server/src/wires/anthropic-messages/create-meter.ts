import { z } from 'zod'
import { parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ReportedUsage, StreamMeter } from '../wire.ts'
import { readUsageObject } from './read-usage.ts'
import { watchRuns } from './watch-runs.ts'
import { writeUsage } from './write-answer.ts'
import { frame } from './write-stream.ts'

const deltaSchema = z.object({
  text: z.string().optional(),
  thinking: z.string().optional(),
  partial_json: z.string().optional(),
})

/**
 * Folds the events of one stream. Usage comes in `message_start` and again, cumulative, in `message_delta`: each field
 * that is mentioned replaces what was known, nothing is added up.
 */
export function createMeter(): StreamMeter {
  let reported: ReportedUsage = {}
  let isBelievable = true
  const runs = watchRuns()
  const text: string[] = []
  let outputBytes = 0
  let openIndex: unknown = null
  const fold = (usage: unknown) => {
    if (usage === undefined || usage === null) return
    const counts = readUsageObject(usage)
    if (counts === null) isBelievable = false
    else reported = { ...reported, ...counts }
  }
  return {
    get reported() {
      return { ...(isBelievable ? reported : {}), ...runs.seen }
    },
    get outputBytes() {
      return outputBytes
    },
    outputText: () => text.join(''),
    observe(event: SseEvent) {
      const chunk = parseEventJson(event)
      const type = chunk?.type ?? event.name
      if (type === 'error') return 'fail'
      if (type === 'message_start') {
        runs.begin(chunk?.message)
        fold(usageOf(chunk?.message))
      }
      if (type === 'message_delta') fold(chunk?.usage)
      if (type === 'content_block_start') {
        openIndex = chunk?.index
        runs.note(chunk?.content_block)
      }
      if (type === 'content_block_stop') openIndex = null
      if (type === 'content_block_delta') {
        const delta = deltaSchema.safeParse(chunk?.delta)
        const said = delta.success ? (delta.data.text ?? delta.data.thinking ?? delta.data.partial_json ?? '') : ''
        outputBytes += Buffer.byteLength(said)
        text.push(said)
      }
      return type === 'message_stop' ? 'end' : 'pass'
    },
    cutShort: (usage) =>
      (openIndex === null ? '' : frame('content_block_stop', { index: openIndex })) +
      frame('message_delta', { delta: { stop_reason: 'max_tokens', stop_sequence: null }, usage: writeUsage(usage) }) +
      frame('message_stop', {}),
  }
}

/** The output count of `message_start` is where the answer begins, not what it used: a stream cut there has to be counted. */
function usageOf(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('usage' in message)) return null
  const { usage } = message
  if (typeof usage !== 'object' || usage === null) return usage
  const { output_tokens: _soFar, ...input } = usage as Record<string, unknown>
  return input
}
