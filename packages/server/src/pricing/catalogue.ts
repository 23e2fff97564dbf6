import { batchPriceOf } from './batch-prices.ts'
import { type CatalogueEntry, catalogueEntries } from './catalogue-data.ts'
import { findCeilings, type InputCeilings, searchBlockTokens } from './input-ceilings.ts'
import { findLibraryPrice } from './library-price.ts'
import { abilitiesOf, type ModelAbilities } from './model-abilities.ts'
import type { OperatorModels } from './operator-models.ts'
import type { ModelPrice, Price, Rates } from './price.ts'

export type ModelProvider = CatalogueEntry['provider']

/** A model that can be called, at a price that we vouch for. */
export interface Model {
  /** `provider/model` */
  readonly id: string
  readonly provider: ModelProvider
  /** What the provider calls it. */
  readonly upstreamId: string
  readonly kind: CatalogueEntry['kind']
  readonly name: string
  readonly contextWindow: number
  readonly maxTokens: number
  readonly createdAtMs: number
  readonly price: Price
  /** What it costs in batches; null where it is not offered in them. */
  readonly batchPrice: ModelPrice | null
  readonly abilities: ModelAbilities
  /** What the parts of a prompt may cost at most. */
  readonly ceilings: InputCeilings
}

export interface Catalogue {
  readonly models: readonly Model[]
  /** By id, bare id, dots for dashes, `-latest`, or the operator's aliases. A prefix is never enough. */
  find(id: string): Model | null
}

/**
 * The models and prices of one moment. A server keeps a live catalogue (`createLiveCatalogue`), which makes this anew.
 * @param addedAtMs when the operator's own models were added, as `/v1/models` says
 */
export function createCatalogue(operator: OperatorModels, nowMs: number, addedAtMs = nowMs): Catalogue {
  const known = catalogueEntries.flatMap((entry) => modelOf(entry, operator, nowMs))
  const added = Object.keys(operator.models)
    .filter((id) => !catalogueEntries.some((entry) => idOf(entry) === id))
    .flatMap((id) => operatorModel(id, operator, addedAtMs))
  const models = [...known, ...added]
  const names = new Map<string, Model>()
  for (const model of models) {
    const entry = catalogueEntries.find((one) => idOf(one) === model.id)
    for (const name of namesOf(model, entry?.aliases ?? [])) if (!names.has(name)) names.set(name, model)
  }
  for (const [alias, id] of Object.entries(operator.aliases)) {
    const model = names.get(id)
    if (model === undefined) throw new Error(`MODELS_FILE: aliases.${alias}: there is no model ${id}`)
    names.set(alias, model)
  }
  return { models, find: (id) => names.get(id) ?? null }
}

function idOf(entry: CatalogueEntry): string {
  return `${entry.provider}/${entry.model}`
}

function modelOf(entry: CatalogueEntry, operator: OperatorModels, nowMs: number): readonly Model[] {
  const own = operator.models[idOf(entry)]
  const price =
    operatorPrice(own?.price) ??
    withSearchBlocks(findLibraryPrice(entry.provider, entry.priceId, nowMs, entry.kind), searchBlockTokens[idOf(entry)])
  if (price === null || own?.disabled === true) return []
  return [
    {
      id: idOf(entry),
      provider: entry.provider,
      upstreamId: entry.model,
      kind: entry.kind,
      name: own?.name ?? entry.name,
      contextWindow: own?.context_window ?? entry.contextWindow,
      maxTokens: own?.max_tokens ?? entry.maxTokens,
      createdAtMs: Date.parse(entry.created),
      price,
      // Half of an operator's own price is nothing that the provider has promised.
      batchPrice: operatorPrice(own?.batch_price) ?? (own?.price === undefined ? batchPriceOf(entry, price) : null),
      abilities: abilitiesOf(entry.provider, entry.model),
      ceilings: ceilingsOf(entry.provider, idOf(entry), own),
    },
  ]
}

function operatorModel(id: string, operator: OperatorModels, addedAtMs: number): readonly Model[] {
  const own = operator.models[id]
  const price = operatorPrice(own?.price)
  const [provider, upstreamId] = id.split('/')
  if (own?.disabled === true) return []
  if (
    own === undefined ||
    price === null ||
    upstreamId === undefined ||
    (own.max_tokens === undefined && own.kind !== 'embedding') ||
    !isProvider(provider)
  ) {
    throw new Error(`MODELS_FILE: models.${id}: a new model needs a price and max_tokens`)
  }
  return [
    {
      id,
      provider,
      upstreamId,
      kind: own.kind ?? 'language',
      name: own.name ?? upstreamId,
      contextWindow: own.context_window ?? largestContextWindow[provider],
      maxTokens: own.max_tokens ?? 0,
      createdAtMs: addedAtMs,
      price,
      batchPrice: operatorPrice(own.batch_price),
      abilities: abilitiesOf(provider, upstreamId),
      ceilings: ceilingsOf(provider, id, own),
    },
  ]
}

/** A prompt may cost as much as the window holds, so one that nobody has told is taken for the provider's largest. */
const largestContextWindow: Readonly<Record<ModelProvider, number>> = {
  anthropic: 1_000_000,
  openai: 1_050_000,
  google: 2_097_152,
  xai: 2_000_000,
}

function ceilingsOf(
  provider: ModelProvider,
  id: string,
  own: OperatorModels['models'][string] | undefined,
): InputCeilings {
  const found = findCeilings(provider, id)
  if (own === undefined) return found
  return {
    ...found,
    ...(own.max_tokens === undefined ? {} : { isAnswerLimited: false }),
    ...(own.image_tokens_max === undefined ? {} : { image: { by: 'image', tokensMax: own.image_tokens_max } }),
    ...(own.pdf_page_tokens_max === undefined
      ? {}
      : { pdfPageTextTokens: 0, pdfPageImageTokens: own.pdf_page_tokens_max }),
    ...(own.audio_tokens_per_second === undefined ? {} : { audioTokensPerSecond: own.audio_tokens_per_second }),
  }
}

/** What a search reads is billed as a block of input, whether or not the usage tells: the price of a search has it. */
function withSearchBlocks(price: Price | null, blockTokens: number | undefined): Price | null {
  if (price === null || blockTokens === undefined) return price
  const dearer = (rates: Rates): Rates => ({
    ...rates,
    perThousandWebSearches: rates.perThousandWebSearches + Math.ceil((rates.inputPerMillion * blockTokens) / 1000),
  })
  return { rates: dearer(price.rates), tiers: price.tiers.map((tier) => ({ ...tier, rates: dearer(tier.rates) })) }
}

function isProvider(text: string | undefined): text is ModelProvider {
  return text === 'anthropic' || text === 'openai' || text === 'google' || text === 'xai'
}

function operatorPrice(price: OperatorModels['models'][string]['price']): Price | null {
  if (price === undefined) return null
  return {
    rates: {
      inputPerMillion: price.input,
      cacheReadPerMillion: price.cache_read ?? price.input,
      cacheWrite5mPerMillion: price.cache_write_5m ?? Math.ceil(price.input * 1.25),
      cacheWrite1hPerMillion: price.cache_write_1h ?? price.input * 2,
      outputPerMillion: price.output,
      perThousandWebSearches: price.web_searches_per_thousand ?? 0,
    },
    tiers: [],
  }
}

function namesOf(model: Model, aliases: readonly string[]): readonly string[] {
  const bare = [model.upstreamId, ...aliases]
  const spelled = bare.flatMap((name) => [name, name.replace(/(\d)-(\d)(?!\d)/g, '$1.$2')])
  return spelled.flatMap((name) => [name, `${model.provider}/${name}`])
}
