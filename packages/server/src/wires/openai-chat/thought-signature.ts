import { z } from 'zod'

/**
 * Where Google's compatible API puts the proof of a model's thoughts beside a tool call; with parallel calls only beside
 * the first. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const extraContentSchema = z
  .object({ google: z.object({ thought_signature: z.string().nullish() }).nullish() })
  .nullish()
  .catch(null)

type ExtraContent = z.output<typeof extraContentSchema>

/** @returns the field of a part, or none. */
export function signatureOf(extra: ExtraContent): { readonly signature?: string } {
  const signature = extra?.google?.thought_signature ?? ''
  return signature === '' ? {} : { signature }
}

/** The same on its way back. */
export function extraContentOf(signature: string | undefined): object {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } }
}
