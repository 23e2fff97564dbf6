import type { AnswerUsage, AnswerWriter, PartHead, StopReason } from '../conversation/answer.ts'
import type { AssistantPart } from '../conversation/prompt.ts'
import { shownItem } from './edit-answer.ts'
import {
  envelope,
  keepWhole,
  type OutputItem,
  type ResponseContext,
  signatureItem,
  statusOf,
  writeItem,
  writeUsage,
} from './write-answer.ts'

interface OpenItem {
  readonly head: PartHead
  text: string
  signature: string | null
}

/** Writes a Responses stream: every event numbered, every item opened, filled and closed under its own `output_index`. */
export function createWriter(context: ResponseContext): AnswerWriter {
  const output: OutputItem[] = []
  let sequence = 0
  let model = ''
  let hasStarted = false
  let open: OpenItem | null = null
  let usage: AnswerUsage = {}
  let stop: StopReason | null = null

  const frame = (type: string, fields: object): string => {
    const data = JSON.stringify({ type, sequence_number: sequence, ...fields })
    sequence += 1
    return `event: ${type}\ndata: ${data}\n\n`
  }
  const start = (): string => {
    if (hasStarted) return ''
    hasStarted = true
    const response = envelope(context, model, 'in_progress')
    return frame('response.created', { response }) + frame('response.in_progress', { response })
  }
  const itemOf = (item: OpenItem, status: 'in_progress' | 'completed' | 'incomplete'): OutputItem =>
    writeItem(partOf(item), context, output.length, status)
  const at = (item: OpenItem) => ({ output_index: output.length, item_id: itemOf(item, 'in_progress').id })
  const close = (status: 'completed' | 'incomplete'): string => {
    if (open === null) return ''
    const item = itemOf(open, status)
    const events =
      closing(frame, open, at(open)) +
      frame('response.output_item.done', { output_index: output.length, item: shownItem(item, context.keeping) })
    output.push(item)
    open = null
    return events
  }
  const sign = (head: PartHead): string => {
    const signed = head.kind === 'tool_call' ? signatureItem(head, context, output.length) : null
    if (signed === null) return ''
    const place = { output_index: output.length, item: shownItem(signed, context.keeping) }
    output.push(signed)
    return frame('response.output_item.added', place) + frame('response.output_item.done', place)
  }

  return {
    write(event) {
      switch (event.kind) {
        case 'start':
          model = event.model
          return start()
        case 'open': {
          const closed = close('completed') + sign(event.part)
          open = { head: event.part, text: '', signature: null }
          const item = opened(shownItem(itemOf(open, 'in_progress'), context.keeping))
          return (
            closed +
            frame('response.output_item.added', { output_index: output.length, item }) +
            opening(frame, open, at(open))
          )
        }
        case 'delta':
          if (open === null) return ''
          open.text += event.text
          return frame(deltaName(open.head), { ...at(open), ...placeIn(open.head), delta: event.text })
        case 'signature':
          if (open !== null) open.signature = (open.signature ?? '') + event.signature
          return ''
        case 'close':
          return close('completed')
        case 'usage':
          usage = { ...usage, ...event.usage }
          return ''
        case 'stop':
          stop = event.stop
          return ''
      }
    },
    finish() {
      const status = statusOf(stop)
      const last = start() + close(status)
      const whole = { ...envelope(context, model, status, stop), output, usage: writeUsage(usage) }
      const response = keepWhole(whole, context)
      return last + frame(`response.${status}`, { response })
    },
  }
}

function partOf(item: OpenItem): AssistantPart {
  const { head, text, signature } = item
  if (head.kind === 'text') return { kind: 'text', text, cache: null }
  if (head.kind === 'thinking') return { kind: 'thinking', text, signature }
  return head.kind === 'redacted_thinking' ? head : { ...head, arguments: text, cache: null }
}

/** An item that has just been opened has nothing in it yet. */
function opened(item: OutputItem): OutputItem {
  return item.type === 'message' ? { ...item, content: [] } : item
}

type Frame = (type: string, fields: object) => string

const emptyText = { type: 'output_text', text: '', annotations: [], logprobs: [] }

function opening(frame: Frame, { head }: OpenItem, at: object): string {
  if (head.kind === 'text') return frame('response.content_part.added', { ...at, content_index: 0, part: emptyText })
  if (head.kind !== 'thinking') return ''
  return frame('response.reasoning_summary_part.added', {
    ...at,
    summary_index: 0,
    part: { type: 'summary_text', text: '' },
  })
}

function closing(frame: Frame, { head, text }: OpenItem, at: object): string {
  switch (head.kind) {
    case 'text':
      return (
        frame('response.output_text.done', { ...at, content_index: 0, text, logprobs: [] }) +
        frame('response.content_part.done', { ...at, content_index: 0, part: { ...emptyText, text } })
      )
    case 'thinking':
      return (
        frame('response.reasoning_summary_text.done', { ...at, summary_index: 0, text }) +
        frame('response.reasoning_summary_part.done', { ...at, summary_index: 0, part: { type: 'summary_text', text } })
      )
    case 'redacted_thinking':
      return ''
    case 'tool_call':
      return frame('response.function_call_arguments.done', { ...at, name: head.name, arguments: text })
  }
}

function deltaName(head: PartHead): string {
  if (head.kind === 'text') return 'response.output_text.delta'
  return head.kind === 'tool_call' ? 'response.function_call_arguments.delta' : 'response.reasoning_summary_text.delta'
}

function placeIn(head: PartHead): object {
  if (head.kind === 'text') return { content_index: 0, logprobs: [] }
  return head.kind === 'thinking' ? { summary_index: 0 } : {}
}
