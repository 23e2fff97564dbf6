import { z } from 'zod'
import { parseScaledDecimal } from '../kernel/microcredits.ts'

/** Prices of one model from some length of input on. All in microcredits, as integers. */
export interface Rates {
  readonly inputPerMillion: number
  readonly cacheReadPerMillion: number
  readonly cacheWrite5mPerMillion: number
  readonly cacheWrite1hPerMillion: number
  readonly outputPerMillion: number
  readonly perThousandWebSearches: number
}

/** The price of a model: fixed at admission and written on the request's row. */
export interface Price {
  readonly rates: Rates
  /** Where the whole input is longer than this, these rates hold for the whole request. Ascending. */
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly rates: Rates }[]
}

/**
 * A decimal of US dollars as microcredits, exactly: USD 1 is 10^8.
 * @returns null for what is no such decimal, or is finer than a microcredit.
 */
export function microcreditsFromUsd(usd: string): number | null {
  const scaled = parseScaledDecimal(usd, 8)
  return scaled === null || scaled < 0n || scaled > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(scaled)
}

/** What a request of this much input is priced by. */
export function ratesFor(price: Price, inputTokens: number): Rates {
  return price.tiers.findLast((tier) => inputTokens > tier.aboveInputTokens)?.rates ?? price.rates
}

const ratesSchema = z.object({
  inputPerMillion: z.number(),
  cacheReadPerMillion: z.number(),
  cacheWrite5mPerMillion: z.number(),
  cacheWrite1hPerMillion: z.number(),
  outputPerMillion: z.number(),
  perThousandWebSearches: z.number(),
})

const priceSchema = z.object({
  rates: ratesSchema,
  tiers: z.array(z.object({ aboveInputTokens: z.number(), rates: ratesSchema })),
})

/** Reads a price back from a request's row. */
export function parsePrice(json: string): Price {
  return priceSchema.parse(JSON.parse(json))
}
