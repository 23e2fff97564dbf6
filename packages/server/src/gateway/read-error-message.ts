import { z } from 'zod'

/** All providers put it there; Google's is the first of a list. */
const schema = z.object({ error: z.object({ message: z.string().min(1) }) })
const listSchema = z.array(schema).min(1)

/** @returns null where a provider's error tells nothing. */
export function readErrorMessage(body: Buffer): string | null {
  const value = parseJson(body)
  const [first] = listSchema.safeParse(value).data ?? []
  return (first ?? schema.safeParse(value).data)?.error.message ?? null
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}
