import type { Answer, AnswerEvent, AnswerUsage, PartHead } from '../wires/conversation/answer.ts'
import type { AssistantPart } from '../wires/conversation/prompt.ts'
import type { UpstreamFormatName } from '../wires/wire.ts'
import { type ComposedAnswer, digestOf, type SaidPart } from './compose-answer.ts'
import { joinIntoChunks, wordsPerChunk } from './stream-answer.ts'

/** What of a composed answer depends on the call. */
export interface Written {
  readonly id: string
  readonly format: UpstreamFormatName
  readonly model: string
  readonly usage: AnswerUsage
  /** How many answers there are like this one. */
  readonly choices: number
}

/** A part as it begins, and what it says. */
interface WrittenPart {
  readonly head: PartHead
  readonly pieces: readonly string[]
  readonly signature: string | null
}

/** The answer in the normal form, whole. */
export function wholeAnswer(composed: ComposedAnswer, written: Written): Answer {
  return {
    id: answerId(written),
    model: written.model,
    parts: partsOf(composed, written).map(wholePart),
    stop: composed.stop,
    stopSequence: composed.stopSequence,
    usage: written.usage,
  }
}

/** The same as it comes, event by event. */
export function* answerEvents(composed: ComposedAnswer, written: Written): Generator<AnswerEvent> {
  const { outputTokens: _output, reasoningTokens: _reasoning, ...prompt } = written.usage
  yield { kind: 'usage', usage: prompt }
  yield { kind: 'start', id: answerId(written), model: written.model }
  const words = composed.parts.reduce((sum, { pieces }) => sum + pieces.length, 0) * written.choices
  for (const { head, pieces, signature } of partsOf(composed, written)) {
    yield { kind: 'open', part: head }
    for (const text of joinIntoChunks(pieces, wordsPerChunk(words))) yield { kind: 'delta', text }
    if (signature !== null) yield { kind: 'signature', signature }
    yield { kind: 'close' }
  }
  yield { kind: 'stop', stop: composed.stop, sequence: composed.stopSequence }
  yield { kind: 'usage', usage: written.usage }
}

function answerId({ id, format }: Written): string {
  return format === 'chat' ? `chatcmpl-${id}` : id
}

function partsOf({ parts, hiddenTokens }: ComposedAnswer, { id, format }: Written): readonly WrittenPart[] {
  const said = parts.map((part, index) => writePart(part, `${format === 'messages' ? 'toolu' : 'call'}_${id}${index}`))
  // Chat Completions only count what was thought; Responses have an item that shows nothing of it.
  if (hiddenTokens === 0 || format !== 'responses') return said
  const data = Buffer.from(`simulated ${id}`).toString('base64')
  return [{ head: { kind: 'redacted_thinking', data }, pieces: [], signature: null }, ...said]
}

function writePart({ kind, pieces, tool }: SaidPart, callId: string): WrittenPart {
  if (kind !== 'tool_call' || tool === null) {
    const signature = kind === 'thinking' ? digestOf(pieces.join('')).toString('base64') : null
    return { head: { kind: kind === 'thinking' ? 'thinking' : 'text' }, pieces, signature }
  }
  // A tool of a group goes by both names until it is written.
  const name = tool.group === null ? tool.name : `${tool.group}__${tool.name}`
  return { head: { kind: 'tool_call', id: callId, name }, pieces, signature: null }
}

function wholePart({ head, pieces, signature }: WrittenPart): AssistantPart {
  const text = pieces.join('')
  switch (head.kind) {
    case 'text':
      return { kind: 'text', text, cache: null }
    case 'thinking':
      return { kind: 'thinking', text, signature }
    case 'redacted_thinking':
      return head
    case 'tool_call':
      return { ...head, arguments: text, cache: null }
  }
}
