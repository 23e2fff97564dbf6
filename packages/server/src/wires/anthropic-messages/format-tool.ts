import type { Answer, AnswerEvent, AnswerReader } from '../conversation/answer.ts'

/** The tool by which a model answers in a client's format where it has no structured output of its own. */
export const formatToolName = 'answer_in_format'

/** Its call is the answer: text to the client, and an end of the turn rather than a call. */
export function takeFormatToolForText(answer: Answer): Answer {
  const isFormat = (part: Answer['parts'][number]) => part.kind === 'tool_call' && part.name === formatToolName
  if (!answer.parts.some(isFormat)) return answer
  const parts = answer.parts.map((part) =>
    part.kind === 'tool_call' && part.name === formatToolName
      ? ({ kind: 'text', text: part.arguments, cache: null } as const)
      : part,
  )
  const stillCalls = parts.some(({ kind }) => kind === 'tool_call')
  return { ...answer, parts, stop: answer.stop === 'tool_use' && !stillCalls ? 'end' : answer.stop }
}

/** The same for a stream. */
export function streamFormatToolAsText(reader: AnswerReader): AnswerReader {
  let [hasFormat, hasOtherCalls] = [false, false]
  const change = (event: AnswerEvent): AnswerEvent => {
    if (event.kind === 'open' && event.part.kind === 'tool_call') {
      if (event.part.name !== formatToolName) hasOtherCalls = true
      else {
        hasFormat = true
        return { kind: 'open', part: { kind: 'text' } }
      }
    }
    return event.kind === 'stop' && event.stop === 'tool_use' && hasFormat && !hasOtherCalls
      ? { ...event, stop: 'end' }
      : event
  }
  return {
    read: (event) => reader.read(event).map(change),
    finish: () => reader.finish().map(change),
  }
}
