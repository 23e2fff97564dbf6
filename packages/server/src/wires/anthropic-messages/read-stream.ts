import type { AnswerEvent, AnswerReader } from '../conversation/answer.ts'
import { parseEventJson } from '../sse-scanner.ts'
import { readUsageObject } from './read-usage.ts'
import { readStopReason } from './stop-reason.ts'

/** Reads Anthropic's stream. Its blocks come one after the other, as the normal form has them. */
export function createReader(): AnswerReader {
  let isOpen = false
  return {
    read(event) {
      const chunk = parseEventJson(event)
      const events = chunk === null ? [] : eventsOf(chunk)
      // A block of a kind that is not translated has its deltas and its end passed over with it.
      return events.filter(({ kind }) => {
        if (kind === 'open') isOpen = true
        else if (kind === 'delta' || kind === 'signature') return isOpen
        else if (kind === 'close') {
          const was = isOpen
          isOpen = false
          return was
        }
        return true
      })
    },
    finish: () => (isOpen ? [{ kind: 'close' }] : []),
  }
}

function eventsOf(chunk: Record<string, unknown>): readonly AnswerEvent[] {
  switch (chunk.type) {
    case 'message_start': {
      const message = fields(chunk.message)
      const { output_tokens: _soFar, ...input } = fields(message.usage)
      return [
        { kind: 'start', id: text(message.id), model: text(message.model) },
        { kind: 'usage', usage: readUsageObject(input) ?? {} },
      ]
    }
    case 'content_block_start':
      return opened(fields(chunk.content_block))
    case 'content_block_delta':
      return grown(fields(chunk.delta))
    case 'content_block_stop':
      return [{ kind: 'close' }]
    case 'message_delta': {
      const { stop_reason: stop, stop_sequence: sequence } = fields(chunk.delta)
      return [
        { kind: 'usage', usage: readUsageObject(chunk.usage) ?? {} },
        { kind: 'stop', stop: readStopReason(stop), sequence: typeof sequence === 'string' ? sequence : null },
      ]
    }
    default:
      return []
  }
}

function opened(block: Record<string, unknown>): readonly AnswerEvent[] {
  const more = (value: unknown): readonly AnswerEvent[] =>
    typeof value === 'string' && value !== '' ? [{ kind: 'delta', text: value }] : []
  switch (block.type) {
    case 'text':
      return [{ kind: 'open', part: { kind: 'text' } }, ...more(block.text)]
    case 'thinking':
      return [{ kind: 'open', part: { kind: 'thinking' } }, ...more(block.thinking)]
    case 'redacted_thinking':
      return [{ kind: 'open', part: { kind: 'redacted_thinking', data: text(block.data) } }]
    case 'tool_use':
      return [{ kind: 'open', part: { kind: 'tool_call', id: text(block.id), name: text(block.name) } }]
    default:
      return []
  }
}

function grown(delta: Record<string, unknown>): readonly AnswerEvent[] {
  if (delta.type === 'signature_delta') return [{ kind: 'signature', signature: text(delta.signature) }]
  const said = delta.text ?? delta.thinking ?? delta.partial_json
  return typeof said === 'string' && said !== '' ? [{ kind: 'delta', text: said }] : []
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
