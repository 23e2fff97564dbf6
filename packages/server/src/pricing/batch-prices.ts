import type { CatalogueEntry } from './catalogue-data.ts'
import type { ModelPrice, Rates } from './price.ts'

/** How a provider prices a model in batches, as we vouch for it. */
interface BatchRule {
  /** Cached tokens cost half of their own price, or as much as other input of the batch. */
  readonly cacheReads: 'half' | 'as_input'
  readonly models: readonly string[]
}

/**
 * Every model that is offered in batches, by name: one that is missing here is refused there. Tokens cost half, those
 * written to or read from the cache too, and so do the tiers of long prompts. Web searches cost what they cost otherwise.
 */
const rules: Readonly<Partial<Record<CatalogueEntry['provider'], readonly BatchRule[]>>> = {
  // https://platform.claude.com/docs/en/build-with-claude/batch-processing: "All active models support the Message Batches
  // API", "50% of the standard API prices", and the discounts of batches and of the cache stack. Searches:
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool, "priced the same as in regular requests".
  anthropic: [
    {
      cacheReads: 'half',
      models: [
        ...['claude-opus-5-5', 'claude-opus-5', 'claude-opus-4-8', 'claude-opus-4-7', 'claude-opus-4-6'],
        ...['claude-opus-4-5-20251101', 'claude-opus-4-1-20250805', 'claude-sonnet-5', 'claude-sonnet-4-6'],
        ...['claude-sonnet-4-5-20250929', 'claude-sonnet-4-20250514', 'claude-haiku-4-5-20251001'],
      ],
    },
  ],
  // https://platform.openai.com/docs/pricing, table "Batch". Its prices of prompts over 272 000 tokens are half, too:
  // https://platform.openai.com/docs/models/gpt-5.4, "for standard, batch, and flex".
  openai: [
    {
      cacheReads: 'half',
      models: [
        ...['gpt-5.5', 'gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano', 'gpt-5.2', 'gpt-5.1', 'gpt-5', 'gpt-5-mini'],
        'gpt-5-nano',
      ],
    },
    // That table has no price of cached input for these.
    {
      cacheReads: 'as_input',
      models: [...['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano', 'gpt-4o', 'gpt-4o-mini', 'o3', 'o3-mini', 'o4-mini']],
    },
  ],
}

/** The price of a model in batches. @returns null where nobody vouches for one. */
export function batchPriceOf({ provider, model }: CatalogueEntry, price: ModelPrice): ModelPrice | null {
  const rule = rules[provider]?.find(({ models }) => models.includes(model))
  if (rule === undefined) return null
  return {
    rates: halved(price.rates, rule),
    tiers: price.tiers.map((tier) => ({ ...tier, rates: halved(tier.rates, rule) })),
  }
}

function halved(rates: Rates, { cacheReads }: BatchRule): Rates {
  const half = (perMillion: number) => Math.ceil(perMillion / 2)
  return {
    inputPerMillion: half(rates.inputPerMillion),
    cacheReadPerMillion: half(cacheReads === 'half' ? rates.cacheReadPerMillion : rates.inputPerMillion),
    cacheWrite5mPerMillion: half(rates.cacheWrite5mPerMillion),
    cacheWrite1hPerMillion: half(rates.cacheWrite1hPerMillion),
    outputPerMillion: half(rates.outputPerMillion),
    perThousandWebSearches: rates.perThousandWebSearches,
  }
}
