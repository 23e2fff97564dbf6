import { z } from 'zod'
import type { Answer } from '../conversation/answer.ts'
import type { AssistantPart } from '../conversation/prompt.ts'
import { readUsageObject } from './read-usage.ts'
import { readStopReason } from './stop-reason.ts'

/** Lenient: what a provider adds tomorrow must not lose what it said today. */
const block = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
    z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
    z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown().optional() }),
  ])
  .nullable()
  .catch(null)

const schema = z.object({
  id: z.string().catch(''),
  model: z.string().catch(''),
  content: z.array(block),
  stop_reason: z.unknown().optional(),
  stop_sequence: z.string().nullish().catch(null),
  usage: z.unknown().optional(),
})

/** @returns null for what is no answer of Anthropic's. */
export function readAnswer(answer: unknown): Answer | null {
  const parsed = schema.safeParse(answer)
  if (!parsed.success) return null
  const { data } = parsed
  return {
    id: data.id,
    model: data.model,
    parts: data.content.flatMap(partsOf),
    stop: readStopReason(data.stop_reason),
    stopSequence: data.stop_sequence ?? null,
    usage: readUsageObject(data.usage) ?? {},
  }
}

function partsOf(found: z.output<typeof block>): readonly AssistantPart[] {
  switch (found?.type) {
    case 'text':
      return [{ kind: 'text', text: found.text, cache: null }]
    case 'thinking':
      return [{ kind: 'thinking', text: found.thinking, signature: found.signature || null }]
    case 'redacted_thinking':
      return [{ kind: 'redacted_thinking', data: found.data }]
    case 'tool_use':
      return [
        {
          kind: 'tool_call',
          id: found.id,
          name: found.name,
          arguments: JSON.stringify(found.input ?? {}),
          cache: null,
        },
      ]
    default:
      return []
  }
}
