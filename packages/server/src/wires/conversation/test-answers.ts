import type { ReportedUsage } from '../wire.ts'
import type { Answer, AnswerEvent, PartHead, StopReason } from './answer.ts'
import type { AssistantPart } from './prompt.ts'

/** A whole answer from its events: what a client makes of its stream. */
export function foldAnswer(events: Iterable<AnswerEvent>): Answer {
  let [id, model, stop, stopSequence]: [string, string, StopReason | null, string | null] = ['', '', null, null]
  let usage: ReportedUsage = {}
  const parts: AssistantPart[] = []
  let open: { readonly head: PartHead; text: string; signature: string | null } | null = null
  for (const event of events) {
    if (event.kind === 'start') [id, model] = [event.id, event.model]
    if (event.kind === 'open') open = { head: event.part, text: '', signature: null }
    if (event.kind === 'delta' && open !== null) open.text += event.text
    if (event.kind === 'signature' && open !== null) open.signature = (open.signature ?? '') + event.signature
    if (event.kind === 'close' && open !== null) {
      parts.push(partOf(open.head, open.text, open.signature))
      open = null
    }
    if (event.kind === 'usage') usage = { ...usage, ...event.usage }
    if (event.kind === 'stop') [stop, stopSequence] = [event.stop, event.sequence]
  }
  return { id, model, parts, stop, stopSequence, usage }
}

function partOf(head: PartHead, text: string, signature: string | null): AssistantPart {
  if (head.kind === 'text') return { kind: 'text', text, cache: null }
  if (head.kind === 'thinking') return { kind: 'thinking', text, signature }
  if (head.kind === 'redacted_thinking') return head
  return { ...head, arguments: text === '' ? '{}' : text, cache: null }
}

/** The events of a whole answer, as a provider would stream it. */
export function unfoldAnswer(answer: Answer): readonly AnswerEvent[] {
  return [
    { kind: 'start', id: answer.id, model: answer.model },
    ...answer.parts.flatMap(eventsOf),
    { kind: 'usage', usage: answer.usage },
    { kind: 'stop', stop: answer.stop, sequence: answer.stopSequence },
  ]
}

function eventsOf(part: AssistantPart): readonly AnswerEvent[] {
  const close = { kind: 'close' } as const
  switch (part.kind) {
    case 'text':
      return [{ kind: 'open', part: { kind: 'text' } }, { kind: 'delta', text: part.text }, close]
    case 'thinking':
      return [
        { kind: 'open', part: { kind: 'thinking' } },
        ...(part.text === '' ? [] : [{ kind: 'delta', text: part.text } as const]),
        ...(part.signature === null ? [] : [{ kind: 'signature', signature: part.signature } as const]),
        close,
      ]
    case 'redacted_thinking':
      return [{ kind: 'open', part }, close]
    case 'tool_call':
      return [
        { kind: 'open', part: { kind: 'tool_call', id: part.id, name: part.name } },
        { kind: 'delta', text: part.arguments },
        close,
      ]
  }
}
