import { z } from 'zod'
import type { AnswerEvent, AnswerReader } from '../conversation/answer.ts'
import { parseEventJson } from '../sse-scanner.ts'
import { createCallQueue } from './queue-calls.ts'
import { stopOf } from './read-answer.ts'
import { readUsageObject } from './read-usage.ts'
import { extraContentSchema, signatureOf } from './thought-signature.ts'

const deltaSchema = z.object({
  content: z.string().nullish().catch(null),
  refusal: z.string().nullish().catch(null),
  reasoning_content: z.string().nullish().catch(null),
  tool_calls: z
    .array(
      z.object({
        index: z.number().int().nonnegative().catch(0),
        id: z.string().nullish().catch(null),
        function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish().catch(null),
        extra_content: extraContentSchema,
      }),
    )
    .nullish()
    .catch(null),
})

/**
 * Reads a Chat Completions stream. Parts have no beginning and no end there: a part opens with its first words and
 * closes when another begins.
 */
export function createReader(): AnswerReader {
  let hasStarted = false
  let open: 'text' | 'thinking' | null = null
  let refusal = ''
  let stop: { readonly reason: unknown } | null = null
  const calls = createCallQueue()

  const close = (): readonly AnswerEvent[] => {
    if (open === null) return []
    open = null
    return [{ kind: 'close' }]
  }
  const say = (kind: 'text' | 'thinking', text: string | null | undefined): readonly AnswerEvent[] => {
    if (text === null || text === undefined || text === '') return []
    const delta = { kind: 'delta', text } as const
    if (open === kind) return [delta]
    const closed = [...close(), ...calls.finish()]
    open = kind
    return [...closed, { kind: 'open', part: { kind } }, delta]
  }
  const readDelta = (value: unknown): readonly AnswerEvent[] => {
    const parsed = deltaSchema.safeParse(value)
    if (!parsed.success) return []
    const { data } = parsed
    refusal += data.refusal ?? ''
    const events = [
      ...say('thinking', data.reasoning_content),
      ...say('text', data.content),
      ...say('text', data.refusal),
    ]
    const called = (data.tool_calls ?? []).flatMap((call) =>
      calls.take({
        ...{ index: call.index, id: call.id, name: call.function?.name, text: call.function?.arguments },
        ...signatureOf(call.extra_content),
      }),
    )
    return called.length === 0 ? events : [...events, ...close(), ...called]
  }

  return {
    read(event) {
      const chunk = parseEventJson(event)
      if (chunk === null) return []
      const [choice] = Array.isArray(chunk.choices) ? (chunk.choices as readonly Record<string, unknown>[]) : []
      const events: AnswerEvent[] = []
      if (!hasStarted) {
        hasStarted = true
        events.push({ kind: 'start', id: String(chunk.id ?? ''), model: String(chunk.model ?? '') })
      }
      if (choice !== undefined) events.push(...readDelta(choice.delta))
      if (choice?.finish_reason !== null && choice?.finish_reason !== undefined) stop = { reason: choice.finish_reason }
      const usage = readUsageObject(chunk.usage)
      if (usage !== null) events.push({ kind: 'usage', usage })
      return events
    },
    finish: () => [
      ...close(),
      ...calls.finish(),
      { kind: 'stop', stop: stopOf(stop?.reason, calls.count > 0, refusal), sequence: null },
    ],
  }
}
