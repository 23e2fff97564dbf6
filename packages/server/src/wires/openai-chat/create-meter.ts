import { isMalformed, parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ParsedRequest, ReportedUsage, StreamMeter } from '../wire.ts'
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
  const say = (said: unknown): void => {
    if (typeof said !== 'string' || said === '') return
    outputBytes += Buffer.byteLength(said)
    text.push(said)
  }
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
      const choices = Array.isArray(chunk.choices) ? chunk.choices.map(fieldsOf) : []
      const finishes = choices.filter(({ finish_reason: reason }) => reason !== undefined && reason !== null).length
      finished += finishes
      const usage = readUsageObject(chunk.usage)
      if (usage !== null) {
        reported = { ...reported, ...usage }
        // Counts that came before the last answer had finished are counts so far.
        isUsageFinal = finished >= request.answers
      }
      for (const { delta } of choices) sayDelta(fieldsOf(delta), say)
      seen ??= { id: chunk.id, object: chunk.object, created: chunk.created, model: chunk.model }
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

/** All that one delta says. It is on the way of every chunk of every stream, so no schema is parsed here. */
function sayDelta(delta: Fields, say: (said: unknown) => void): void {
  say(delta.reasoning_content)
  say(delta.content)
  say(delta.refusal)
  if (!Array.isArray(delta.tool_calls)) return
  for (const call of delta.tool_calls) {
    const called = fieldsOf(fieldsOf(call).function)
    say(called.name)
    say(called.arguments)
  }
}

type Fields = Readonly<Record<string, unknown>>
const noFields: Fields = {}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : noFields
}
