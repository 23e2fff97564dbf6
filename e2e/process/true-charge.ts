import type { ProviderCall } from '@opencredits/sandbox'
import { costOfCall } from '../../packages/server/src/partners/call-cost.ts'
import { createCatalogue } from '../../packages/server/src/pricing/catalogue.ts'
import { noOperatorModels } from '../../packages/server/src/pricing/operator-models.ts'

const catalogue = createCatalogue(noOperatorModels, Date.now())
const shareBasisPoints = 1000

/** Microcredits that a call has to cost by what the provider really read and said. A refused call costs nothing. */
export function trueCharge(call: ProviderCall): number {
  if (call.path.endsWith('/count_tokens') || call.status >= 400) return 0
  const model = catalogue.models.find(({ upstreamId }) => upstreamId === call.model.replace(/^models\//, ''))
  if (model === undefined) throw new Error(`no price for ${call.model}`)
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = call
  return costOfCall(
    { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens, webSearches: 0 },
    { price: model.price, shareBasisPoints, feeBasisPoints: 0 },
  ).totalMicrocredits
}
