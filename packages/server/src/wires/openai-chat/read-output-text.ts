import { z } from 'zod'

const partSchema = z.object({
  content: z.string().nullish().catch(null),
  refusal: z.string().nullish().catch(null),
  reasoning_content: z.string().nullish().catch(null),
  tool_calls: z
    .array(z.object({ function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish() }))
    .nullish()
    .catch(null),
})

const choicesSchema = z.object({
  choices: z.array(z.object({ message: partSchema.nullish(), delta: partSchema.nullish() })),
})

/** Everything that the model said in an answer or a chunk, for counting. */
export function readOutputText(answer: unknown): string {
  const parsed = choicesSchema.safeParse(answer)
  if (!parsed.success) return ''
  return parsed.data.choices
    .flatMap(({ message, delta }) => [message, delta])
    .flatMap((part) => [
      part?.reasoning_content,
      part?.content,
      part?.refusal,
      ...(part?.tool_calls ?? []).flatMap(textOfCall),
    ])
    .join('')
}

function textOfCall(call: {
  readonly function?:
    | { readonly name?: string | null | undefined; readonly arguments?: string | null | undefined }
    | null
    | undefined
}) {
  return [call.function?.name, call.function?.arguments]
}
