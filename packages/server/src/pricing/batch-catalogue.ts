import type { Catalogue, Model } from './catalogue.ts'

/** By the models of one moment: they are one list as long as no price changes. */
const known = new WeakMap<readonly Model[], Catalogue>()

/** The models that are offered in batches, at their prices there. */
export function batchCatalogueOf({ models, find }: Catalogue): Catalogue {
  const made = known.get(models)
  if (made !== undefined) return made
  const inBatches = new Map(models.flatMap((model) => offerOf(model) ?? []))
  const catalogue: Catalogue = {
    models: [...inBatches.values()],
    find: (id) => inBatches.get(find(id)?.id ?? '') ?? null,
  }
  known.set(models, catalogue)
  return catalogue
}

function offerOf(model: Model): readonly [readonly [string, Model]] | null {
  return model.batchPrice === null ? null : [[model.id, { ...model, price: model.batchPrice }]]
}
