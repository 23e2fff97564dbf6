import { z } from 'zod'
import type { Answer } from '../conversation/answer.ts'
import type { AssistantPart } from '../conversation/prompt.ts'
import { readFinishReason } from './finish-reason.ts'
import { readUsageObject } from './read-usage.ts'
import { extraContentSchema, signatureOf } from './thought-signature.ts'

const schema = z.object({
  id: z.string().catch(''),
  model: z.string().catch(''),
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish().catch(null),
          refusal: z.string().nullish().catch(null),
          reasoning_content: z.string().nullish().catch(null),
          tool_calls: z
            .array(
              z.object({
                id: z.string().catch(''),
                function: z.object({ name: z.string(), arguments: z.string() }),
                extra_content: extraContentSchema,
              }),
            )
            .nullish()
            .catch(null),
        }),
        finish_reason: z.unknown().optional(),
      }),
    )
    .min(1),
  usage: z.unknown().optional(),
})

/** The first choice: where more were asked for, translation has refused it. @returns null for what is no answer. */
export function readAnswer(answer: unknown): Answer | null {
  const parsed = schema.safeParse(answer)
  const choice = parsed.data?.choices[0]
  if (!parsed.success || choice === undefined) return null
  const { message } = choice
  const calls = (message.tool_calls ?? []).map(
    (call, index): AssistantPart => ({
      kind: 'tool_call',
      id: call.id === '' ? `call_${index}` : call.id,
      name: call.function.name,
      arguments: call.function.arguments === '' ? '{}' : call.function.arguments,
      cache: null,
      ...signatureOf(call.extra_content),
    }),
  )
  const said = [message.content, message.refusal].flatMap((text): readonly AssistantPart[] =>
    text === null || text === undefined || text === '' ? [] : [{ kind: 'text', text, cache: null }],
  )
  return {
    id: parsed.data.id,
    model: parsed.data.model,
    parts: [...thinkingOf(message.reasoning_content), ...said, ...calls],
    stop: stopOf(choice.finish_reason, calls.length > 0, message.refusal ?? ''),
    stopSequence: null,
    usage: readUsageObject(parsed.data.usage) ?? {},
  }
}

function thinkingOf(text: string | null | undefined): readonly AssistantPart[] {
  return text === null || text === undefined || text === '' ? [] : [{ kind: 'thinking', text, signature: null }]
}

/** Some providers end a turn that calls a tool with `stop`. */
export function stopOf(reason: unknown, hasCalls: boolean, refusal: string): Answer['stop'] {
  const stop = readFinishReason(reason)
  if (refusal !== '') return 'refusal'
  return hasCalls && (stop === 'end' || stop === null) ? 'tool_use' : stop
}
