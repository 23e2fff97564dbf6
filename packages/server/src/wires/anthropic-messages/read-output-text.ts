import { z } from 'zod'

const contentSchema = z.object({
  content: z.array(
    z.looseObject({
      text: z.string().nullish().catch(null),
      thinking: z.string().nullish().catch(null),
      name: z.string().nullish().catch(null),
      input: z.unknown().optional(),
    }),
  ),
})

/** Everything that the model said in a whole answer, for counting. */
export function readOutputText(answer: unknown): string {
  const parsed = contentSchema.safeParse(answer)
  if (!parsed.success) return ''
  return parsed.data.content
    .flatMap(({ text, thinking, name, input }) => [
      thinking,
      text,
      name,
      input === undefined ? null : JSON.stringify(input),
    ])
    .join('')
}
