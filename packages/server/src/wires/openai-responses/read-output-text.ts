import { z } from 'zod'

const part = z.object({
  text: z.string().nullish().catch(null),
  refusal: z.string().nullish().catch(null),
})

const schema = z.object({
  output: z.array(
    z.object({
      name: z.string().nullish().catch(null),
      arguments: z.string().nullish().catch(null),
      input: z.string().nullish().catch(null),
      content: z.array(part).nullish().catch(null),
      summary: z.array(part).nullish().catch(null),
    }),
  ),
})

/** Everything that the model said in a whole response, for counting. */
export function readOutputText(response: unknown): string {
  const parsed = schema.safeParse(response)
  if (!parsed.success) return ''
  return parsed.data.output
    .flatMap((item) => [
      ...(item.summary ?? []).flatMap(({ text }) => [text]),
      ...(item.content ?? []).flatMap(({ text, refusal }) => [text, refusal]),
      item.name,
      item.arguments,
      item.input,
    ])
    .join('')
}
