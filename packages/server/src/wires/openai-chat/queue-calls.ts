import type { AnswerEvent, PartHead } from '../conversation/answer.ts'

interface CallDelta {
  readonly index: number
  readonly id: string | null | undefined
  readonly name: string | null | undefined
  readonly text: string | null | undefined
  readonly signature?: string
}

interface Call {
  readonly index: number
  id: string
  name: string
  arguments: string
  signature: string
  /** How much of `arguments` has been passed on; -1 before the call was opened. */
  passed: number
}

/**
 * Puts tool calls that are streamed side by side, told apart by index, one after the other. Only a call's first delta
 * carries its id and name. The first call streams; another one waits until the first is complete JSON, or the end.
 */
export function createCallQueue() {
  const calls: Call[] = []
  let current = 0

  const pass = (): readonly AnswerEvent[] => {
    const events: AnswerEvent[] = []
    for (let call = calls[current]; call !== undefined && call.name !== ''; call = calls[current]) {
      if (call.passed === -1) {
        call.passed = 0
        events.push({ kind: 'open', part: headOf(call) })
      }
      if (call.arguments.length > call.passed) {
        events.push({ kind: 'delta', text: call.arguments.slice(call.passed) })
        call.passed = call.arguments.length
      }
      if (current === calls.length - 1 || !isCompleteJson(call.arguments)) break
      events.push({ kind: 'close' })
      current += 1
    }
    return events
  }

  return {
    get count() {
      return calls.length
    },
    take(delta: CallDelta): readonly AnswerEvent[] {
      let call = calls.find(({ index }) => index === delta.index)
      if (call === undefined) {
        call = { index: delta.index, id: '', name: '', arguments: '', signature: '', passed: -1 }
        calls.push(call)
      }
      call.id ||= delta.id ?? ''
      call.name ||= delta.name ?? ''
      call.signature ||= delta.signature ?? ''
      call.arguments += delta.text ?? ''
      return pass()
    },
    /** Passes on and closes all that is left. */
    finish(): readonly AnswerEvent[] {
      const events: AnswerEvent[] = []
      for (; current < calls.length; current += 1) {
        const call = calls[current]
        if (call === undefined) continue
        if (call.passed === -1) {
          events.push({ kind: 'open', part: headOf(call) })
          call.passed = 0
        }
        if (call.arguments.length > call.passed) events.push({ kind: 'delta', text: call.arguments.slice(call.passed) })
        call.passed = call.arguments.length
        events.push({ kind: 'close' })
      }
      return events
    },
  }
}

function headOf({ id, index, name, signature }: Call): PartHead {
  const head = { kind: 'tool_call', id: id === '' ? `call_${index}` : id, name } as const
  return signature === '' ? head : { ...head, signature }
}

function isCompleteJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
