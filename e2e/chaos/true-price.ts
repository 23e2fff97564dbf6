import { referralShareBasisPoints } from './installation.ts'

/**
 * The providers' list prices, written down apart from the server's catalogue, in microcredits per token
 * (USD 1 is 10^8 microcredits, so USD 1 per million tokens is 100 a token). Halves are exact in a double.
 */
interface TruePrice {
  readonly input: number
  readonly cacheRead: number
  readonly output: number
}

const prices: Readonly<Record<string, TruePrice>> = {
  'openai/gpt-4o': { input: 250, cacheRead: 125, output: 1000 },
  'openai/gpt-4o-mini': { input: 15, cacheRead: 7.5, output: 60 },
  'anthropic/claude-sonnet-4-20250514': { input: 300, cacheRead: 30, output: 1500 },
  'anthropic/claude-opus-4-1-20250805': { input: 1500, cacheRead: 150, output: 7500 },
}

export interface TokenCounts {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly outputTokens: number
}

/** What the provider takes for these tokens, rounded up to a microcredit. */
export function trueCost(model: string, tokens: TokenCounts): number {
  const price = prices[model]
  if (price === undefined) throw new Error(`the auditor knows no price of ${model}`)
  return Math.ceil(
    tokens.inputTokens * price.input + tokens.cacheReadTokens * price.cacheRead + tokens.outputTokens * price.output,
  )
}

/** The partner's part of it, rounded down to a microcredit. */
export function trueShare(cost: number): number {
  return Math.floor((cost * referralShareBasisPoints) / 10_000)
}
