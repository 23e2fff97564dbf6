import { parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ReportedUsage, StreamMeter } from '../wire.ts'
import { readUsage } from './read-usage.ts'
import { writeUsage } from './write-answer.ts'

/** Folds the events of one stream. The usage comes once, in the last event. */
export function createMeter(): StreamMeter {
  let reported: ReportedUsage = {}
  const text: string[] = []
  let outputBytes = 0
  let response: object = {}
  const items: unknown[] = []
  let sequence = 0
  return {
    get reported() {
      return reported
    },
    get outputBytes() {
      return outputBytes
    },
    outputText: () => text.join(''),
    observe(event: SseEvent) {
      const chunk = parseEventJson(event)
      const type = chunk?.type ?? event.name
      if (typeof chunk?.sequence_number === 'number') sequence = chunk.sequence_number
      if (typeof type === 'string' && type.endsWith('.delta') && typeof chunk?.delta === 'string') {
        outputBytes += Buffer.byteLength(chunk.delta)
        text.push(chunk.delta)
      }
      if (type === 'response.created' && typeof chunk?.response === 'object' && chunk.response !== null)
        response = chunk.response
      if (type === 'response.output_item.done') items.push(chunk?.item)
      if (type === 'error') return 'fail'
      if (type !== 'response.completed' && type !== 'response.incomplete' && type !== 'response.failed') return 'pass'
      reported = readUsage(chunk?.response) ?? {}
      return type === 'response.failed' ? 'fail' : 'end'
    },
    /** What was whole by then is in it; the item that was being said the client has by its deltas. */
    cutShort(usage) {
      const cut = {
        ...response,
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: items,
        usage: writeUsage(usage),
      }
      const data = { type: 'response.incomplete', sequence_number: sequence + 1, response: cut }
      return `event: response.incomplete\ndata: ${JSON.stringify(data)}\n\n`
    },
  }
}
