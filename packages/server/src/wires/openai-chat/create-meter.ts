import { parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ParsedRequest, ReportedUsage, StreamMeter } from '../wire.ts'
import { readOutputText } from './read-output-text.ts'
import { readUsageObject } from './read-usage.ts'
import { writeUsage } from './write-answer.ts'
import { frame } from './write-stream.ts'

/** Folds the chunks of one stream. The usage is cumulative where a provider sends it more than once: it replaces. */
export function createMeter(request: ParsedRequest): StreamMeter {
  let reported: ReportedUsage = {}
  const text: string[] = []
  let outputBytes = 0
  let head: object | null = null
  return {
    get reported() {
      return reported
    },
    get outputBytes() {
      return outputBytes
    },
    outputText: () => text.join(''),
    observe(event: SseEvent) {
      if (event.data?.trim() === '[DONE]') return 'end'
      const chunk = parseEventJson(event)
      if (chunk === null) return 'pass'
      if (chunk.error !== undefined && chunk.error !== null) return 'fail'
      reported = { ...reported, ...readUsageObject(chunk.usage) }
      const said = readOutputText(chunk)
      outputBytes += Buffer.byteLength(said)
      head ??= { id: chunk.id, object: chunk.object, created: chunk.created, model: chunk.model }
      text.push(said)
      const isUsageChunk =
        chunk.usage !== undefined && chunk.usage !== null && Array.isArray(chunk.choices) && chunk.choices.length === 0
      return isUsageChunk && !request.wantsUsageChunk ? 'drop' : 'pass'
    },
    cutShort(usage) {
      const choices = Array.from({ length: request.answers }, (_, index) => ({
        index,
        delta: {},
        finish_reason: 'length',
      }))
      const counts = request.wantsUsageChunk ? frame({ ...head, choices: [], usage: writeUsage(usage) }) : ''
      return `${frame({ ...head, choices })}${counts}data: [DONE]\n\n`
    },
  }
}
