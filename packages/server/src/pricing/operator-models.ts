import { z } from 'zod'
import { microcreditsFromUsd } from './price.ts'

const usd = z.string().transform((text, context) => {
  const amount = microcreditsFromUsd(text)
  if (amount !== null) return amount
  context.addIssue({ code: 'custom', message: `expected a decimal of US dollars such as "0.075", got "${text}"` })
  return z.NEVER
})

const priceSchema = z.strictObject({
  input: usd,
  output: usd,
  cache_read: usd.optional(),
  cache_write_5m: usd.optional(),
  cache_write_1h: usd.optional(),
  web_searches_per_thousand: usd.optional(),
})

const fileSchema = z.strictObject({
  /** New models, or what is to be different of known ones. The key is `provider/model`. */
  models: z
    .record(
      z.string().regex(/^(anthropic|openai|google|xai)\/[\w.:-]+$/, 'expected provider/model'),
      z.strictObject({
        name: z.string().optional(),
        kind: z.enum(['language', 'embedding']).optional(),
        context_window: z.number().int().positive().optional(),
        max_tokens: z.number().int().positive().optional(),
        /** The most tokens that an image, a page of a PDF and a second of sound count. Without them: the context window. */
        image_tokens_max: z.number().int().positive().optional(),
        pdf_page_tokens_max: z.number().int().positive().optional(),
        audio_tokens_per_second: z.number().int().positive().optional(),
        /** US dollars per million tokens, as decimal strings. */
        price: priceSchema.optional(),
        /** The same in batches, where the provider answers it in them. Without it, a price of one's own has none. */
        batch_price: priceSchema.optional(),
        disabled: z.boolean().optional(),
      }),
    )
    .default({}),
  /** `{ "fast": "openai/gpt-5-mini" }` */
  aliases: z.record(z.string(), z.string()).default({}),
})

export type OperatorModels = z.output<typeof fileSchema>

export const noOperatorModels: OperatorModels = { models: {}, aliases: {} }

/** Reads the operator's `MODELS_FILE`. @throws Error that names the first wrong field. */
export function parseOperatorModels(json: string): OperatorModels {
  const result = fileSchema.safeParse(JSON.parse(json))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(`MODELS_FILE: ${issue?.path.join('.')}: ${issue?.message}`)
}
