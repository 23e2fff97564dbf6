import { parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ParsedRequest, ReportedUsage, StreamMeter } from '../wire.ts'
import { readOutputText } from './read-output-text.ts'
import { readUsageObject } from './read-usage.ts'

/** Folds the chunks of one stream. The usage is cumulative where a provider sends it more than once: it replaces. */
export function createMeter(request: ParsedRequest): StreamMeter {
  let reported: ReportedUsage = {}
  const text: string[] = []
  let outputCharacters = 0
  return {
    get reported() {
      return reported
    },
    get outputCharacters() {
      return outputCharacters
    },
    outputText: () => text.join(''),
    observe(event: SseEvent) {
      if (event.data?.trim() === '[DONE]') return 'end'
      const chunk = parseEventJson(event)
      if (chunk === null) return 'pass'
      if (chunk.error !== undefined && chunk.error !== null) return 'fail'
      reported = { ...reported, ...readUsageObject(chunk.usage) }
      const said = readOutputText(chunk)
      outputCharacters += said.length
      text.push(said)
      const isUsageChunk =
        chunk.usage !== undefined && chunk.usage !== null && Array.isArray(chunk.choices) && chunk.choices.length === 0
      return isUsageChunk && !request.wantsUsageChunk ? 'drop' : 'pass'
    },
  }
}
