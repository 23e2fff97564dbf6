import { referralShareBasisPoints } from './installation.ts'

/**
 * The providers' list prices, written down apart from the server's catalogue, in microcredits per token
 * (USD 1 is 10^8 microcredits, so USD 1 per million tokens is 100 a token). Halves are exact in a double.
 */
interface TruePrice {
  readonly input: number
  readonly cacheRead: number
  readonly output: number
  /** A search of the web. */
  readonly search?: number
}

/** USD 10 for a thousand searches. */
const search = 1_000_000

const prices: Readonly<Record<string, TruePrice>> = {
  'openai/gpt-4o': { input: 250, cacheRead: 125, output: 1000 },
  'openai/gpt-4o-mini': { input: 15, cacheRead: 7.5, output: 60 },
  'openai/gpt-5': { input: 125, cacheRead: 12.5, output: 1000 },
  'openai/gpt-5-mini': { input: 25, cacheRead: 2.5, output: 200 },
  'google/gemini-2.5-pro': { input: 125, cacheRead: 12.5, output: 1000 },
  'anthropic/claude-sonnet-4-20250514': { input: 300, cacheRead: 30, output: 1500, search },
  'anthropic/claude-opus-4-1-20250805': { input: 1500, cacheRead: 150, output: 7500, search },
  'anthropic/claude-opus-4-6': { input: 500, cacheRead: 50, output: 2500, search },
}

export interface TokenCounts {
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly outputTokens: number
  readonly searches: number
}

/** Writing to Anthropic's cache costs a quarter more than reading for the first time, or as much again for an hour. */
const write5m = 1.25
const write1h = 2

/** What the provider takes for these tokens, rounded up to a microcredit. */
export function trueCost(model: string, tokens: TokenCounts): number {
  const price = prices[model]
  if (price === undefined) throw new Error(`the auditor knows no price of ${model}`)
  return Math.ceil(
    tokens.inputTokens * price.input +
      tokens.cacheReadTokens * price.cacheRead +
      tokens.cacheWrite5mTokens * price.input * write5m +
      tokens.cacheWrite1hTokens * price.input * write1h +
      tokens.outputTokens * price.output +
      tokens.searches * (price.search ?? 0),
  )
}

/** The same in a batch: half of every token. */
export function trueBatchCost(model: string, tokens: TokenCounts): number {
  const price = prices[model]
  if (price === undefined) throw new Error(`the auditor knows no price of ${model}`)
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = tokens
  const whole =
    inputTokens * price.input +
    cacheReadTokens * price.cacheRead +
    cacheWrite5mTokens * price.input * write5m +
    cacheWrite1hTokens * price.input * write1h +
    outputTokens * price.output
  return Math.ceil(whole / 2)
}

/** The partner's share of a cost, rounded down to a microcredit. */
export function trueShare(cost: number): number {
  return Math.floor((cost * referralShareBasisPoints) / 10_000)
}
