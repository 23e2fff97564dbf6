/**
 * The models on offer. `priceId` names the row of `@pydantic/genai-prices` that we vouch for, by its exact id: that
 * library finds prices by prefix, which would give a new model its elder sister's price. A model whose row is gone is
 * not offered; an operator's own models and prices come from `MODELS_FILE`.
 */
export interface CatalogueEntry {
  readonly provider: 'anthropic' | 'openai' | 'google' | 'xai'
  /** The provider's own id. */
  readonly model: string
  /** What it answers: words, or vectors (`/v1/embeddings`). */
  readonly kind: 'language' | 'embedding'
  readonly name: string
  readonly priceId: string
  /**
   * Exactly as documented: a prompt that is longer is refused, so this bounds what a prompt of unknown length may cost.
   * Google's is of the prompt alone, the others' of prompt and answer.
   */
  readonly contextWindow: number
  /** The most output that the model gives: what "no limit" means. */
  readonly maxTokens: number
  /** ISO date of release. */
  readonly created: string
  /** Other ids that mean the same model, without the provider. */
  readonly aliases?: readonly string[]
}

type Line = readonly [
  model: string,
  name: string,
  priceId: string,
  contextWindow: number,
  maxTokens: number,
  created: string,
  ...aliases: string[],
]

const anthropic: readonly Line[] = [
  ['claude-opus-5-5', 'Claude Opus 5.5', 'claude-opus-5-5', 1_000_000, 128_000, '2026-09-17', 'claude-opus-latest'],
  ['claude-opus-5', 'Claude Opus 5', 'claude-opus-5', 1_000_000, 128_000, '2026-07-01'],
  ['claude-opus-4-8', 'Claude Opus 4.8', 'claude-opus-4-8', 1_000_000, 128_000, '2026-05-28'],
  ['claude-opus-4-7', 'Claude Opus 4.7', 'claude-opus-4-7', 1_000_000, 128_000, '2026-04-16'],
  ['claude-opus-4-6', 'Claude Opus 4.6', 'claude-opus-4-6', 1_000_000, 128_000, '2026-02-05'],
  ['claude-opus-4-5-20251101', 'Claude Opus 4.5', 'claude-opus-4-5', 200_000, 64_000, '2025-11-24', 'claude-opus-4-5'],
  ['claude-opus-4-1-20250805', 'Claude Opus 4.1', 'claude-opus-4-1', 200_000, 32_000, '2025-08-05', 'claude-opus-4-1'],
  ['claude-sonnet-5', 'Claude Sonnet 5', 'claude-sonnet-5', 1_000_000, 128_000, '2026-07-01', 'claude-sonnet-latest'],
  ['claude-sonnet-4-6', 'Claude Sonnet 4.6', 'claude-sonnet-4-6', 1_000_000, 64_000, '2026-02-17'],
  [
    'claude-sonnet-4-5-20250929',
    'Claude Sonnet 4.5',
    'claude-sonnet-4-5',
    200_000,
    64_000,
    '2025-09-29',
    'claude-sonnet-4-5',
  ],
  [
    'claude-sonnet-4-20250514',
    'Claude Sonnet 4',
    'claude-sonnet-4-0',
    200_000,
    64_000,
    '2025-05-22',
    'claude-sonnet-4-0',
    'claude-sonnet-4',
  ],
  [
    'claude-haiku-4-5-20251001',
    'Claude Haiku 4.5',
    'claude-haiku-4-5',
    200_000,
    64_000,
    '2025-10-15',
    'claude-haiku-4-5',
    'claude-haiku-latest',
  ],
]

const openai: readonly Line[] = [
  ['gpt-5.5', 'GPT-5.5', 'gpt-5.5', 1_050_000, 128_000, '2026-04-23'],
  ['gpt-5.4', 'GPT-5.4', 'gpt-5.4', 1_050_000, 128_000, '2026-03-05'],
  ['gpt-5.4-mini', 'GPT-5.4 mini', 'gpt-5.4-mini', 400_000, 128_000, '2026-03-17'],
  ['gpt-5.4-nano', 'GPT-5.4 nano', 'gpt-5.4-nano', 400_000, 128_000, '2026-03-17'],
  ['gpt-5.2', 'GPT-5.2', 'gpt-5.2', 400_000, 128_000, '2025-12-11'],
  ['gpt-5.1', 'GPT-5.1', 'gpt-5.1', 400_000, 128_000, '2025-11-13'],
  ['gpt-5', 'GPT-5', 'gpt-5', 400_000, 128_000, '2025-08-07'],
  ['gpt-5-mini', 'GPT-5 mini', 'gpt-5-mini', 400_000, 128_000, '2025-08-07'],
  ['gpt-5-nano', 'GPT-5 nano', 'gpt-5-nano', 400_000, 128_000, '2025-08-07'],
  ['gpt-4.1', 'GPT-4.1', 'gpt-4.1', 1_047_576, 32_768, '2025-04-14'],
  ['gpt-4.1-mini', 'GPT-4.1 mini', 'gpt-4.1-mini', 1_047_576, 32_768, '2025-04-14'],
  ['gpt-4.1-nano', 'GPT-4.1 nano', 'gpt-4.1-nano', 1_047_576, 32_768, '2025-04-14'],
  ['gpt-4o', 'GPT-4o', 'gpt-4o', 128_000, 16_384, '2024-05-13'],
  ['gpt-4o-mini', 'GPT-4o mini', 'gpt-4o-mini', 128_000, 16_384, '2024-07-18'],
  ['o3', 'o3', 'o3', 200_000, 100_000, '2025-04-16'],
  ['o3-mini', 'o3-mini', 'o3-mini', 200_000, 100_000, '2025-01-31'],
  ['o4-mini', 'o4-mini', 'o4-mini', 200_000, 100_000, '2025-04-16'],
]

const google: readonly Line[] = [
  ['gemini-3.8-flash', 'Gemini 3.8 Flash', 'gemini-3.8-flash', 1_048_576, 65_536, '2026-10-01'],
  ['gemini-3.5-flash', 'Gemini 3.5 Flash', 'gemini-3.5-flash', 1_048_576, 65_536, '2026-05-20'],
  ['gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite', 'gemini-3.5-flash-lite', 1_048_576, 65_536, '2026-05-20'],
  ['gemini-3.1-pro-preview', 'Gemini 3.1 Pro', 'gemini-3.1-pro-preview', 1_048_576, 65_536, '2026-02-19'],
  ['gemini-2.5-pro', 'Gemini 2.5 Pro', 'gemini-2.5-pro', 1_048_576, 65_536, '2025-06-17'],
]

const xai: readonly Line[] = [
  ['grok-4.6', 'Grok 4.6', 'grok-4.6', 500_000, 128_000, '2026-09-01'],
  ['grok-4.5', 'Grok 4.5', 'grok-4.5', 500_000, 128_000, '2026-07-01'],
  ['grok-4-0709', 'Grok 4', 'grok-4-0709', 256_000, 128_000, '2025-07-09', 'grok-4'],
  ['grok-code-fast-1', 'Grok Code Fast 1', 'grok-code-fast-1', 256_000, 10_000, '2025-08-28'],
  ['grok-3', 'Grok 3', 'grok-3', 131_072, 131_072, '2025-02-17'],
  ['grok-3-mini', 'Grok 3 mini', 'grok-3-mini', 131_072, 131_072, '2025-02-17'],
]

const openaiEmbeddings: readonly Line[] = [
  ['text-embedding-3-large', 'Text Embedding 3 Large', 'text-embedding-3-large', 8_192, 0, '2024-01-25'],
  ['text-embedding-3-small', 'Text Embedding 3 Small', 'text-embedding-3-small', 8_192, 0, '2024-01-25'],
]

const googleEmbeddings: readonly Line[] = [
  ['gemini-embedding-001', 'Gemini Embedding', 'gemini-embedding-001', 2_048, 0, '2025-07-14'],
]

export const catalogueEntries: readonly CatalogueEntry[] = [
  ...entries('anthropic', 'language', anthropic),
  ...entries('openai', 'language', openai),
  ...entries('google', 'language', google),
  ...entries('xai', 'language', xai),
  ...entries('openai', 'embedding', openaiEmbeddings),
  ...entries('google', 'embedding', googleEmbeddings),
]

function entries(
  provider: CatalogueEntry['provider'],
  kind: CatalogueEntry['kind'],
  lines: readonly Line[],
): readonly CatalogueEntry[] {
  return lines.map(([model, name, priceId, contextWindow, maxTokens, created, ...aliases]) => ({
    provider,
    kind,
    model,
    name,
    priceId,
    contextWindow,
    maxTokens,
    created,
    aliases,
  }))
}
