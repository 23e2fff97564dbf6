import type { CheckoutEstimate, PricingResponse } from '@opencredits/protocol'
import type { Clock } from '../kernel/clock.ts'
import { creditsFromMicrocredits } from '../kernel/microcredits.ts'
import { costOfCall } from '../partners/call-cost.ts'
import type { Partner } from '../partners/partner.ts'
import type { Catalogue, Model } from '../pricing/catalogue.ts'
import { noUsage } from '../pricing/usage.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { createDefaultModels } from './default-model.ts'

export interface PricingDeps {
  readonly db: DatabaseReader
  readonly clock: Clock
  readonly catalogue: Catalogue
  readonly isOnOffer: (model: Model) => boolean
  readonly operatorFeeBasisPoints: number
}

/** What a call is assumed to be, and the models that are asked for; undefined: all. */
export interface PricingQuery {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly models?: readonly string[] | undefined
}

/** As many tokens as a call has that nobody says more about. */
export const usualTokens = 2500

/** What an app's users pay for a call, share and fee included. */
export interface Pricing {
  /** Only the models that the app's users may call. One in the filter that is not among them is left out. */
  describe(partner: Partner, query: PricingQuery): Promise<PricingResponse>
  /** A call of the usual size to the app's default model. Null where nothing is on offer, or it costs nothing. */
  estimate(partner: Partner): Promise<CheckoutEstimate | null>
}

export function createPricing(deps: PricingDeps): Pricing {
  const defaultModels = createDefaultModels(deps)

  const describe = async (partner: Partner, query: PricingQuery): Promise<PricingResponse> => {
    const wanted = query.models?.map((name) => deps.catalogue.find(name)?.id)
    const offered = deps.catalogue.models
      // In the test world every model is simulated, whichever providers the operator has.
      .filter((model) => (!partner.livemode || deps.isOnOffer(model)) && isAllowed(deps.catalogue, partner, model))
      .filter((model) => wanted === undefined || wanted.includes(model.id))
      .map((model) => ({
        kind: model.kind,
        entry: { id: model.id, name: model.name, credits_per_request: creditsPerRequest(deps, partner, model, query) },
      }))
    const ownChoice = partner.defaultModel === null ? null : (deps.catalogue.find(partner.defaultModel)?.id ?? null)
    // Nobody buys credits for vectors alone, so an estimate is of a model that answers in words.
    const answering = offered.filter(({ kind }) => kind === 'language').map(({ entry }) => entry)
    return {
      token_assumption: { input: query.input_tokens, output: query.output_tokens },
      default_model: await defaultModels.choose({ id: partner.id, ownChoice }, answering),
      models: offered.map(({ entry }) => entry),
    }
  }

  return {
    describe,
    async estimate(partner) {
      const { default_model: id, models } = await describe(partner, {
        input_tokens: usualTokens,
        output_tokens: usualTokens,
      })
      const model = models.find((one) => one.id === id)
      if (model === undefined || model.credits_per_request <= 0) return null
      return {
        model: model.name,
        creditsPerRequest: model.credits_per_request,
        inputTokens: usualTokens,
        outputTokens: usualTokens,
      }
    },
  }
}

function isAllowed(catalogue: Catalogue, partner: Partner, model: Model): boolean {
  return partner.allowedModels === null || partner.allowedModels.some((name) => catalogue.find(name)?.id === model.id)
}

function creditsPerRequest(deps: PricingDeps, partner: Partner, model: Model, query: PricingQuery): number {
  const cost = costOfCall(
    { ...noUsage, inputTokens: query.input_tokens, outputTokens: query.output_tokens },
    { price: model.price, shareBasisPoints: partner.shareBasisPoints, feeBasisPoints: deps.operatorFeeBasisPoints },
  )
  return creditsFromMicrocredits(cost.totalMicrocredits)
}
