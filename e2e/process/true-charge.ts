import type { ProviderCall } from '@opencredits/sandbox'
import { costOfCall } from '../../packages/server/src/partners/call-cost.ts'
import { createCatalogue } from '../../packages/server/src/pricing/catalogue.ts'
import { noOperatorModels } from '../../packages/server/src/pricing/operator-models.ts'
import type { Rates } from '../../packages/server/src/pricing/price.ts'
import { quoteRun } from '../../packages/server/src/pricing/quote.ts'
import type { Buckets } from '../../packages/server/src/pricing/usage.ts'

const catalogue = createCatalogue(noOperatorModels, Date.now())
const shareBasisPoints = 1000

/** Microcredits that a call has to cost by what the provider really read and said. A refused call costs nothing. */
export function trueCharge(call: ProviderCall): number {
  if (call.path.endsWith('/count_tokens') || call.status >= 400) return 0
  const model = modelOf(call.model)
  return costOfCall({ ...bucketsOf(call), webSearches: 0 }, { price: model.price, shareBasisPoints, feeBasisPoints: 0 })
    .totalMicrocredits
}

function modelOf(upstreamName: string) {
  const model = catalogue.models.find(({ upstreamId }) => upstreamId === upstreamName.replace(/^models\//, ''))
  if (model === undefined) throw new Error(`no price for ${upstreamName}`)
  return model
}

/** Microcredits that the provider bills for a call of several runs: each at its own model's price. */
export function trueCostOfRuns(call: ProviderCall): number {
  const runs = [{ ...call, model: call.servedBy }, ...call.otherIterations]
  return (
    call.searches * 1_000_000 +
    runs.reduce((sum, run) => sum + quoteRun({ ...bucketsOf(run), webSearches: 0 }, modelOf(run.model).price), 0)
  )
}

function bucketsOf(run: Omit<Buckets, 'webSearches'>) {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = run
  return { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens }
}

/** Microcredits that the dearest of a provider's models costs. */
export function dearestRate(provider: string, rate: keyof Rates): number {
  const offered = catalogue.models.filter((model) => model.provider === provider)
  return Math.max(...offered.map(({ price }) => price.rates[rate]))
}
