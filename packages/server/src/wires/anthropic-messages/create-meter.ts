import { countSearches } from '../count-searches.ts'
import { isMalformed, parseEventJson, type SseEvent } from '../sse-scanner.ts'
import type { ReportedUsage, StreamMeter } from '../wire.ts'
import { readUsageObject } from './read-usage.ts'
import { watchRuns } from './watch-runs.ts'
import { writeUsage } from './write-answer.ts'
import { createWriter, frame } from './write-stream.ts'

/**
 * Folds the events of one stream. Usage comes in `message_start` and again, cumulative, in `message_delta`: each field
 * that is mentioned replaces what was known, nothing is added up.
 */
export function createMeter(): StreamMeter {
  let reported: ReportedUsage = {}
  let isBelievable = true
  let isUsageFinal = false
  let hasBegun = false
  const runs = watchRuns()
  const searches = countSearches()
  let text: string[] = []
  let outputBytes = 0
  let openIndex: unknown = null
  const say = (said: unknown): void => {
    if (typeof said !== 'string' || said === '') return
    outputBytes += Buffer.byteLength(said)
    text.push(said)
  }
  /** @returns whether there was a count that can be believed. */
  const fold = (usage: unknown): boolean => {
    if (usage === undefined || usage === null) return false
    const counts = readUsageObject(usage)
    if (counts === null) isBelievable = false
    else reported = { ...reported, ...counts }
    return isBelievable
  }
  return {
    get reported() {
      return searches.addTo({ ...(isBelievable ? reported : {}), ...runs.seen }, isUsageFinal)
    },
    get isUsageFinal() {
      return isUsageFinal && isBelievable
    },
    get outputBytes() {
      return outputBytes
    },
    outputText() {
      text = [text.join('')]
      return text[0] ?? ''
    },
    observe(event: SseEvent) {
      const chunk = parseEventJson(event)
      if (isMalformed(event, chunk)) return 'broken'
      const type = chunk?.type ?? event.name
      if (type === 'error') return 'fail'
      if (type === 'message_start') {
        hasBegun = true
        runs.begin(chunk?.message)
        fold(usageOf(chunk?.message))
      }
      if (type === 'message_delta') {
        const isCounted = fold(chunk?.usage)
        // There may be several; the one with the stop reason is the last.
        const { stop_reason: stop } = fieldsOf(chunk?.delta)
        if (stop !== undefined && stop !== null) isUsageFinal = isCounted
        return isCounted ? 'pass' : 'keep'
      }
      if (type === 'content_block_start') {
        openIndex = chunk?.index
        runs.note(chunk?.content_block)
        if (isSearch(chunk?.content_block)) searches.begin()
        // The name of a tool is generated too.
        say(fieldsOf(chunk?.content_block).name)
      }
      if (type === 'content_block_stop') openIndex = null
      if (type === 'content_block_delta') {
        const { text: words, thinking, partial_json: input } = fieldsOf(chunk?.delta)
        say(words ?? thinking ?? input)
      }
      return type === 'message_stop' ? 'end' : 'pass'
    },
    cutShort: (usage, { requestId, request }) =>
      (hasBegun ? '' : createWriter(usage.inputTokens).write({ kind: 'start', id: requestId, model: request.model })) +
      (openIndex === null ? '' : frame('content_block_stop', { index: openIndex })) +
      frame('message_delta', { delta: { stop_reason: 'max_tokens', stop_sequence: null }, usage: writeUsage(usage) }) +
      frame('message_stop', {}),
  }
}

/** A search that the provider has begun: it is billed, whether or not the stream lasts until it is counted. */
function isSearch(block: unknown): boolean {
  const { type, name } = fieldsOf(block)
  return type === 'server_tool_use' && name === 'web_search'
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The output of `message_start` and its iterations are where the answer begins, not what it used: a stream cut there has to be counted. */
function usageOf(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('usage' in message)) return null
  const { usage } = message
  if (typeof usage !== 'object' || usage === null) return usage
  const { output_tokens: _soFar, iterations: _begun, ...input } = usage as Record<string, unknown>
  return input
}
