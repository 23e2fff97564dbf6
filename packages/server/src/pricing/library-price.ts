import { findProvider, type ModelPrice } from '@pydantic/genai-prices'
import { microcreditsFromUsd, type Price, type Rates } from './price.ts'

const libraryProviderIds = { anthropic: 'anthropic', openai: 'openai', google: 'google', xai: 'x-ai' } as const

/** Keys of the library's prices: US dollars per million tokens, or per thousand searches. */
type PriceKey =
  | 'input_mtok'
  | 'cache_read_mtok'
  | 'cache_write_mtok'
  | 'cache_write_1h_mtok'
  | 'output_mtok'
  | 'web_searches_kcount'

/**
 * The price that `@pydantic/genai-prices` has for exactly this id at this moment. Where it names no price for cached
 * tokens they cost what Anthropic documents as multiples of input (writes 1.25 and 2 times), or plain input elsewhere; a
 * long write there costs what a short one does.
 * @returns null when there is no such row, or one without a price for input and output.
 */
export function findLibraryPrice(
  provider: keyof typeof libraryProviderIds,
  priceId: string,
  nowMs: number,
  kind: 'language' | 'embedding' = 'language',
): Price | null {
  const model = findLibraryModel(provider, priceId)
  if (model === undefined) return null
  const prices = Array.isArray(model.prices) ? currentPrices(model.prices, nowMs) : model.prices
  if (prices === null) return null
  const starts = [
    ...new Set(
      Object.values(prices).flatMap((value) => (isTiered(value) ? value.tiers.map(({ start }) => start) : [])),
    ),
  ]
  const base = ratesAt(provider, kind, prices, null)
  const tiers = starts
    .sort((a, b) => a - b)
    .map((start) => ({ aboveInputTokens: start, rates: ratesAt(provider, kind, prices, start) }))
  if (base === null || tiers.some(({ rates }) => rates === null)) return null
  return {
    rates: base,
    tiers: tiers.flatMap(({ aboveInputTokens, rates }) => (rates === null ? [] : [{ aboveInputTokens, rates }])),
  }
}

/**
 * When the next price of one of these models begins, in milliseconds since 1970.
 * @returns null when the library knows of none after this moment.
 */
export function nextLibraryPriceMs(
  entries: readonly { readonly provider: keyof typeof libraryProviderIds; readonly priceId: string }[],
  nowMs: number,
): number | null {
  const starts = entries
    .flatMap(({ provider, priceId }) => conditionalPricesOf(provider, priceId))
    .map(({ constraint }) => startMsOf(constraint))
    .filter((startMs) => startMs !== null && startMs > nowMs)
  return starts.reduce((first, startMs) => (first === null || (startMs ?? first) < first ? startMs : first), null)
}

interface Tiered {
  readonly base: number
  readonly tiers: readonly { readonly start: number; readonly price: number }[]
}

function isTiered(value: ModelPrice[string]): value is Exclude<ModelPrice[string], number | undefined> & Tiered {
  return typeof value === 'object'
}

type ConditionalPrices = readonly { readonly constraint?: unknown; readonly prices: ModelPrice }[]

/** The last one whose date has come. A price that depends on the hour is not one that we vouch for. */
function currentPrices(conditional: ConditionalPrices, nowMs: number): ModelPrice | null {
  const current = conditional.findLast(({ constraint }) => constraint === undefined || hasBegun(constraint, nowMs))
  return current?.prices ?? null
}

function hasBegun(constraint: unknown, nowMs: number): boolean {
  const startMs = startMsOf(constraint)
  return startMs !== null && startMs <= nowMs
}

function startMsOf(constraint: unknown): number | null {
  if (typeof constraint !== 'object' || constraint === null || !('start_date' in constraint)) return null
  const startMs = typeof constraint.start_date === 'string' ? Date.parse(constraint.start_date) : Number.NaN
  return Number.isNaN(startMs) ? null : startMs
}

function conditionalPricesOf(provider: keyof typeof libraryProviderIds, priceId: string): ConditionalPrices {
  const prices = findLibraryModel(provider, priceId)?.prices
  return Array.isArray(prices) ? prices : []
}

function findLibraryModel(provider: keyof typeof libraryProviderIds, priceId: string) {
  return findProvider({ providerId: libraryProviderIds[provider] })?.models.find(({ id }) => id === priceId)
}

function ratesAt(
  provider: string,
  kind: 'language' | 'embedding',
  prices: ModelPrice,
  start: number | null,
): Rates | null {
  const rate = (key: PriceKey): number | null => {
    const value = prices[key]
    if (value === undefined) return null
    const usd = isTiered(value)
      ? (value.tiers.findLast((tier) => start !== null && tier.start <= start)?.price ?? value.base)
      : value
    return microcreditsFromUsd(decimalText(usd))
  }
  const input = rate('input_mtok')
  // An embedding has no output that could be billed.
  const output = rate('output_mtok') ?? (kind === 'embedding' ? microcreditsFromUsd('0') : null)
  if (input === null || output === null) return null
  const isAnthropic = provider === 'anthropic'
  const cacheWrite = rate('cache_write_mtok') ?? (isAnthropic ? Math.ceil(input * 1.25) : input)
  return {
    inputPerMillion: input,
    cacheReadPerMillion: rate('cache_read_mtok') ?? input,
    cacheWrite5mPerMillion: cacheWrite,
    cacheWrite1hPerMillion: rate('cache_write_1h_mtok') ?? (isAnthropic ? input * 2 : cacheWrite),
    outputPerMillion: output,
    perThousandWebSearches: rate('web_searches_kcount') ?? 0,
  }
}

/** The library's numbers are decimals that were written by hand; this writes them back without an exponent. */
function decimalText(value: number): string {
  return new Intl.NumberFormat('en-US', { useGrouping: false, maximumFractionDigits: 8 }).format(value)
}
