import { isMalformed, parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ParsedRequest, ReportedUsage, StreamMeter } from '../wire.ts'
import { readOutputText } from './read-output-text.ts'
import { readUsageObject } from './read-usage.ts'
import { writeUsage } from './write-answer.ts'
import { frame } from './write-stream.ts'

/** Folds the chunks of one stream. The usage is cumulative where a provider sends it more than once: it replaces. */
export function createMeter(request: ParsedRequest): StreamMeter {
  let reported: ReportedUsage = {}
  let isUsageFinal = false
  let finished = 0
  let text: string[] = []
  let outputBytes = 0
  let seen: object | null = null
  return {
    get reported() {
      return reported
    },
    get isUsageFinal() {
      return isUsageFinal
    },
    get outputBytes() {
      return outputBytes
    },
    outputText() {
      text = [text.join('')]
      return text[0] ?? ''
    },
    observe(event: SseEvent) {
      if (event.data?.trim() === '[DONE]') return 'end'
      const chunk = parseEventJson(event)
      if (chunk === null) return isMalformed(event, chunk) ? 'broken' : 'pass'
      if (chunk.error !== undefined && chunk.error !== null) return 'fail'
      const finishes = countFinishes(chunk.choices)
      finished += finishes
      const usage = readUsageObject(chunk.usage)
      if (usage !== null) {
        reported = { ...reported, ...usage }
        // Counts that came before the last answer had finished are counts so far.
        isUsageFinal = finished >= request.answers
      }
      const said = readOutputText(chunk)
      outputBytes += Buffer.byteLength(said)
      seen ??= { id: chunk.id, object: chunk.object, created: chunk.created, model: chunk.model }
      text.push(said)
      const isUsageChunk =
        chunk.usage !== undefined && chunk.usage !== null && Array.isArray(chunk.choices) && chunk.choices.length === 0
      if (isUsageChunk && !request.wantsUsageChunk) return 'drop'
      return finishes > 0 && !isUsageFinal ? 'keep' : 'pass'
    },
    cutShort(usage, { requestId, createdSeconds }) {
      const head = seen ?? {
        ...{ id: `chatcmpl-${requestId}`, object: 'chat.completion.chunk', created: createdSeconds },
        model: request.model,
      }
      const choices = Array.from({ length: request.answers }, (_, index) => ({
        index,
        delta: seen === null ? { role: 'assistant', content: '', refusal: null } : {},
        finish_reason: 'length',
      }))
      const counts = request.wantsUsageChunk ? frame({ ...head, choices: [], usage: writeUsage(usage) }) : ''
      return `${frame({ ...head, choices })}${counts}data: [DONE]\n\n`
    },
  }
}

/** How many answers of a chunk end in it. */
function countFinishes(choices: unknown): number {
  if (!Array.isArray(choices)) return 0
  let finishes = 0
  for (const choice of choices as readonly (Readonly<Record<string, unknown>> | null)[])
    if (choice?.finish_reason !== undefined && choice?.finish_reason !== null) finishes += 1
  return finishes
}
