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

/** The price of a model. */
export interface ModelPrice {
  readonly rates: Rates
  /** Where the whole input is longer than this, these rates hold for the whole request. Ascending. */
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly rates: Rates }[]
}

/** The price of a call, by the model that answers: fixed at admission and written on the request's row. */
export interface Price extends ModelPrice {
  /** Where other models may run on behalf of the call. */
  readonly others?: OtherPrices
}

export interface OtherPrices {
  /** By the provider's name of the model, the one that answers among them. */
  readonly byModel: Readonly<Record<string, ModelPrice>>
  /** Of a model that the request did not name: no model that is offered is dearer. */
  readonly unnamed: ModelPrice
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
export function ratesFor(price: ModelPrice, inputTokens: number): Rates {
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

const modelPriceSchema = z.object({
  rates: ratesSchema,
  tiers: z.array(z.object({ aboveInputTokens: z.number(), rates: ratesSchema })),
})

const priceSchema = modelPriceSchema.extend({
  others: z.object({ byModel: z.record(z.string(), modelPriceSchema), unnamed: modelPriceSchema }).exactOptional(),
})

/** Reads a price back from a request's row. */
export function parsePrice(json: string): Price {
  return priceSchema.parse(JSON.parse(json))
}

/** The price of a run, by the name that the provider gives its model; null: the model of the call. */
export function priceOfRun(price: Price, model: string | null): ModelPrice {
  if (model === null || price.others === undefined) return price
  const { byModel, unnamed } = price.others
  const named = Object.entries(byModel).find(([name]) => withoutDate(name) === withoutDate(model))
  return named?.[1] ?? unnamed
}

/** `claude-opus-4-5-20251101` and `claude-opus-4-5` are one model. */
function withoutDate(name: string): string {
  return name.replace(/-20\d{6}$/, '')
}

/** For each bucket the dearest of all: what no run of one of these models exceeds. */
export function dearestOf(prices: readonly ModelPrice[]): ModelPrice {
  const all = prices.flatMap(({ rates, tiers }) => [rates, ...tiers.map((tier) => tier.rates)])
  const most = (bucket: keyof Rates) => all.reduce((sum, rates) => Math.max(sum, rates[bucket]), 0)
  return {
    rates: {
      inputPerMillion: most('inputPerMillion'),
      cacheReadPerMillion: most('cacheReadPerMillion'),
      cacheWrite5mPerMillion: most('cacheWrite5mPerMillion'),
      cacheWrite1hPerMillion: most('cacheWrite1hPerMillion'),
      outputPerMillion: most('outputPerMillion'),
      perThousandWebSearches: most('perThousandWebSearches'),
    },
    tiers: [],
  }
}
