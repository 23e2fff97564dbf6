import { readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Clock } from './kernel/clock.ts'
import { createLiveCatalogue, type LiveCatalogue } from './pricing/live-catalogue.ts'
import { noOperatorModels, parseOperatorModels } from './pricing/operator-models.ts'

/**
 * The catalogue with the operator's own models and prices; the file is read again whenever prices are evaluated.
 * @throws Error that names what is wrong in the file.
 */
export function loadCatalogue(
  modelsFile: string | null,
  deps: { readonly clock: Clock; readonly logger: Logger },
): LiveCatalogue {
  const readOperatorModels = () =>
    modelsFile === null ? noOperatorModels : parseOperatorModels(readFileSync(modelsFile, 'utf8'))
  return createLiveCatalogue({ ...deps, readOperatorModels })
}
