import { z } from 'zod'

/** How much is bought, as a body says it. */
export const amountFields = {
  amount: z.union([z.number(), z.string().max(40)], {
    error: 'expected an amount in major units of the currency, such as 10',
  }),
  currency: z
    .string()
    .max(10)
    .transform((code) => code.toLowerCase())
    .default('usd'),
}
