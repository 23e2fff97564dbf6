import { readFileSync } from 'node:fs'
import type { Clock } from './kernel/clock.ts'
import { type Catalogue, createCatalogue } from './pricing/catalogue.ts'
import { noOperatorModels, parseOperatorModels } from './pricing/operator-models.ts'

/** The catalogue with the operator's own models and prices. @throws Error that names what is wrong in the file. */
export function loadCatalogue(modelsFile: string | null, clock: Clock): Catalogue {
  const operator = modelsFile === null ? noOperatorModels : parseOperatorModels(readFileSync(modelsFile, 'utf8'))
  return createCatalogue(operator, clock.nowMs())
}
