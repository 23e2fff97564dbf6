import type { AnswerWriter, PartHead, StopReason } from '../conversation/answer.ts'
import type { ReportedUsage } from '../wire.ts'
import { writeStopReason } from './stop-reason.ts'
import { writeUsage } from './write-answer.ts'

/**
 * Writes Anthropic's stream.
 * @param inputTokens about how many the prompt has: `message_start` has to carry a count before the provider gives one;
 * the last `message_delta` has the provider's.
 */
export function createWriter(inputTokens: number): AnswerWriter {
  let usage: ReportedUsage = { inputTokens }
  let [stop, sequence]: [StopReason | null, string | null] = [null, null]
  let index = -1
  let open: PartHead | null = null
  let hasStarted = false

  const close = (): string => {
    if (open === null) return ''
    open = null
    return frame('content_block_stop', { index })
  }
  const start = (id: string, model: string): string => {
    if (hasStarted) return ''
    hasStarted = true
    const message = {
      ...{ id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [] },
      ...{ stop_reason: null, stop_sequence: null, stop_details: null, container: null, usage: writeUsage(usage) },
    }
    return frame('message_start', { message })
  }

  return {
    write(event) {
      switch (event.kind) {
        case 'start':
          return start(event.id, event.model)
        case 'open': {
          const closed = close()
          open = event.part
          index += 1
          return closed + frame('content_block_start', { index, content_block: emptyBlock(event.part) })
        }
        case 'delta':
          return open === null ? '' : frame('content_block_delta', { index, delta: deltaOf(open, event.text) })
        case 'signature':
          return frame('content_block_delta', { index, delta: { type: 'signature_delta', signature: event.signature } })
        case 'close':
          return close()
        case 'usage':
          usage = { ...usage, ...event.usage }
          return ''
        case 'stop':
          ;[stop, sequence] = [event.stop, event.sequence]
          return ''
      }
    },
    finish: () =>
      start('', '') +
      close() +
      frame('message_delta', {
        delta: { stop_reason: writeStopReason(stop), stop_sequence: sequence, stop_details: null, container: null },
        usage: writeUsage(usage),
      }) +
      frame('message_stop', {}),
  }
}

function emptyBlock(part: PartHead): object {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: '', citations: null }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: part.data }
    case 'tool_call':
      return { type: 'tool_use', id: part.id, name: part.name, input: {}, caller: { type: 'direct' } }
  }
}

function deltaOf(part: PartHead, text: string): object {
  if (part.kind === 'tool_call') return { type: 'input_json_delta', partial_json: text }
  return part.kind === 'thinking' ? { type: 'thinking_delta', thinking: text } : { type: 'text_delta', text }
}

export function frame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}
