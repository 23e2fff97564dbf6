import { countSearches } from '../count-searches.ts'
import { isMalformed, parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { AnswerEditor, AnswerKeeping, ReportedUsage, StreamMeter } from '../wire.ts'
import { readUsage } from './read-usage.ts'
import { envelope, writeUsage } from './write-answer.ts'

/**
 * Folds the events of one stream. The usage comes once, in the last event.
 * @param editor of the answer, for the end that is written here in the provider's place.
 */
export function createMeter(keeping: AnswerKeeping | null, editor: AnswerEditor | null): StreamMeter {
  let reported: ReportedUsage = {}
  let isUsageFinal = false
  let text: string[] = []
  let outputBytes = 0
  let response: object | null = null
  const items: unknown[] = []
  const searches = countSearches()
  let sequence = 0
  const say = (said: unknown): void => {
    if (typeof said !== 'string' || said === '') return
    outputBytes += Buffer.byteLength(said)
    text.push(said)
  }
  return {
    get reported() {
      return searches.addTo(reported, isUsageFinal)
    },
    get outputBytes() {
      return outputBytes
    },
    get isUsageFinal() {
      return isUsageFinal
    },
    outputText() {
      text = [text.join('')]
      return text[0] ?? ''
    },
    observe(event: SseEvent) {
      const chunk = parseEventJson(event)
      if (isMalformed(event, chunk)) return 'broken'
      const type = chunk?.type ?? event.name
      if (typeof chunk?.sequence_number === 'number') sequence = chunk.sequence_number
      if (typeof type === 'string' && type.endsWith('.delta')) say(chunk?.delta)
      if (type === 'response.output_item.added') {
        say(nameOf(chunk?.item))
        if (isSearch(chunk?.item)) searches.begin()
      }
      if (type === 'response.created' && typeof chunk?.response === 'object' && chunk.response !== null)
        response = chunk.response
      if (type === 'response.output_item.done') items.push(chunk?.item)
      if (type === 'error') return 'fail'
      if (type !== 'response.completed' && type !== 'response.incomplete' && type !== 'response.failed') return 'pass'
      const usage = readUsage(chunk?.response)
      reported = usage ?? {}
      isUsageFinal = usage !== null
      return type === 'response.failed' ? 'fail' : 'end'
    },
    /** What was whole by then is in it; the item that was being said the client has by its deltas. */
    cutShort(usage, { requestId, createdSeconds, request }) {
      const begun = envelope({ requestId, createdSeconds, body: request.body, keeping }, request.model, 'in_progress')
      const cut = {
        ...(response ?? begun),
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: items,
        usage: writeUsage(usage),
      }
      const created = response === null ? frame('response.created', 0, begun) : ''
      return created + frame('response.incomplete', sequence + 1, editor?.editAnswer(cut) ?? cut)
    },
  }
}

function isSearch(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'type' in item && item.type === 'web_search_call'
}

/** The name of a tool is generated too. */
function nameOf(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'name' in item ? item.name : null
}

function frame(type: string, sequence: number, response: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, response })}\n\n`
}
