import type { Logger } from 'pino'
import { type Clock, dayMs } from '../kernel/clock.ts'
import { type Catalogue, createCatalogue, type Model } from './catalogue.ts'
import { catalogueEntries } from './catalogue-data.ts'
import { nextLibraryPriceMs } from './library-price.ts'
import type { OperatorModels } from './operator-models.ts'

/** Follows prices while the server runs. A call keeps the `Model` that it was admitted with, and so its price. */
export interface LiveCatalogue extends Catalogue {
  /** Evaluates all prices for now. A `MODELS_FILE` that cannot be used is logged, and the models before stay. */
  reevaluate(): void
  /** How long until prices are due again: at the next dated price, after a day at the latest. */
  untilDueMs(): number
}

/** @throws Error that names what is wrong in `MODELS_FILE`: at the start nothing can stay as it was. */
export function createLiveCatalogue(deps: {
  readonly clock: Clock
  readonly logger: Pick<Logger, 'info' | 'error'>
  readonly readOperatorModels: () => OperatorModels
}): LiveCatalogue {
  const { clock, logger, readOperatorModels } = deps
  const startedAtMs = clock.nowMs()
  const evaluate = () => createCatalogue(readOperatorModels(), clock.nowMs(), startedAtMs)
  let current = evaluate()
  return {
    get models() {
      return current.models
    },
    find: (id) => current.find(id),
    reevaluate() {
      try {
        const before = current
        current = evaluate()
        const changes = changesBetween(before.models, current.models)
        if (changes.length > 0) logger.info({ changes }, 'prices have changed')
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown'
        logger.error({ reason }, 'prices could not be evaluated; those before stay in force')
      }
    },
    untilDueMs() {
      const nowMs = clock.nowMs()
      const nextMs = nextLibraryPriceMs(catalogueEntries, nowMs)
      return nextMs === null ? dayMs : Math.min(dayMs, nextMs - nowMs)
    },
  }
}

/** `openai/gpt-4o: price`, `xai/grok-3: gone`: for the operator's log. */
function changesBetween(before: readonly Model[], after: readonly Model[]): readonly string[] {
  const known = new Map(before.map((model) => [model.id, JSON.stringify(model.price)]))
  const isThere = new Set(after.map(({ id }) => id))
  return [
    ...after
      .filter(({ id, price }) => known.get(id) !== JSON.stringify(price))
      .map(({ id }) => `${id}: ${known.has(id) ? 'price' : 'new'}`),
    ...before.filter(({ id }) => !isThere.has(id)).map(({ id }) => `${id}: gone`),
  ]
}
