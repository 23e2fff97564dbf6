import type { AnswerUsage, AnswerWriter, PartHead, StopReason } from '../conversation/answer.ts'
import { writeFinishReason } from './finish-reason.ts'
import { writeUsage } from './write-answer.ts'

/** Writes a Chat Completions stream. @param wantsUsage whether the client asked for the usage chunk. */
export function createWriter(options: { readonly createdSeconds: number; readonly wantsUsage: boolean }): AnswerWriter {
  let [id, model] = ['', '']
  let open: PartHead | null = null
  let calls = 0
  let thoughts = -1
  let usage: AnswerUsage = {}
  let stop: StopReason | null = null
  let hasStarted = false

  const chunk = (choices: readonly object[], more: object = {}): string =>
    frame({
      ...{ id, object: 'chat.completion.chunk', created: options.createdSeconds, model, choices },
      ...(options.wantsUsage ? { usage: null } : {}),
      ...more,
    })
  const delta = (fields: object): string => chunk([{ index: 0, delta: fields, logprobs: null, finish_reason: null }])
  const start = (): string => {
    if (hasStarted) return ''
    hasStarted = true
    return delta({ role: 'assistant', content: '', refusal: null })
  }
  const detail = (fields: object): string => delta({ reasoning_details: [{ ...fields, index: thoughts }] })

  const opened = (part: PartHead): string => {
    open = part
    if (part.kind === 'tool_call') {
      calls += 1
      const call = { id: part.id, type: 'function', function: { name: part.name, arguments: '' } }
      return delta({ tool_calls: [{ index: calls - 1, ...call }] })
    }
    if (part.kind === 'text') return ''
    thoughts += 1
    return part.kind === 'redacted_thinking' ? detail({ type: 'reasoning.encrypted', data: part.data }) : ''
  }
  const grown = (text: string): string => {
    if (open?.kind === 'tool_call') return delta({ tool_calls: [{ index: calls - 1, function: { arguments: text } }] })
    if (open?.kind === 'text') return delta({ content: text })
    return delta({ reasoning_content: text, reasoning_details: [{ type: 'reasoning.text', text, index: thoughts }] })
  }

  return {
    write(event) {
      switch (event.kind) {
        case 'start':
          ;[id, model] = [event.id, event.model]
          return start()
        case 'open':
          return opened(event.part)
        case 'delta':
          return open === null ? '' : grown(event.text)
        case 'signature':
          return detail({ type: 'reasoning.text', text: '', signature: event.signature })
        case 'close':
          open = null
          return ''
        case 'usage':
          usage = { ...usage, ...event.usage }
          return ''
        case 'stop':
          stop = event.stop
          return ''
      }
    },
    finish: () =>
      start() +
      chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: writeFinishReason(stop) }]) +
      (options.wantsUsage ? chunk([], { usage: writeUsage(usage) }) : '') +
      'data: [DONE]\n\n',
  }
}

export function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
