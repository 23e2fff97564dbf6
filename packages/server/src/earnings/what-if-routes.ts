import type { PartnerWhatIf } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import { usualTokens } from '../credits/describe-pricing.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { dayMs } from '../kernel/clock.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { creditsOf } from '../lists/formats.ts'
import { costOfCall } from '../partners/call-cost.ts'
import type { Partner } from '../partners/partner.ts'
import { quarterMs } from '../partners/roll-up-calls.ts'
import { noUsage } from '../pricing/usage.ts'
import { type FiguresDeps, requireReaderOfWorld } from './earnings-deps.ts'
import { estimateEarnings, type ModelEstimate, type ModelHistory } from './estimate-earnings.ts'
import { readModels } from './read-figures.ts'

const number = (most: number) => z.coerce.number({ error: 'expected a number' }).min(0).max(most)

export const whatIfQuerySchema = z.object({
  requests: number(1_000_000_000).int().default(1000).describe('how many'),
  rate: z.coerce
    .number({ error: 'expected a number such as 0.1, which is 10 %' })
    .min(0)
    .optional()
    .describe('the referral rate; default: the app’s own. At most what the operator allows'),
  model: z.string().max(300).optional().describe('only this model'),
})

const historyMs = 30 * dayMs

/** `GET /v1/partner/what_if`. */
export function createWhatIfRouter(deps: FiguresDeps): Router {
  const router = Router()
  router.get('/v1/partner/what_if', async (request, response) => {
    const { partnerId, world } = await requireReaderOfWorld(deps, request, response)
    const query = validate(whatIfQuerySchema, request.query)
    const partner = await deps.partners.byId(partnerId)
    const shareBasisPoints = rateOf(query.rate, partner, deps.shareBasisPointsMax)
    const modelId = query.model === undefined ? null : (deps.catalogue.find(query.model)?.id ?? query.model)
    const own = await readHistory(deps, partnerId, modelId)
    const calls = own.reduce((sum, one) => sum + one.calls, 0)
    const history = calls > 0 ? own : await typicalCall(deps, partner, modelId)
    const { operatorFeeBasisPoints: feeBasisPoints } = deps
    const estimates = estimateEarnings(history, { requests: query.requests, shareBasisPoints, feeBasisPoints })
    const cost = sumOf(estimates, 'estimatedCost')
    const share = sumOf(estimates, 'estimatedShare')
    const fee = sumOf(estimates, 'estimatedFee')
    const answer: PartnerWhatIf = {
      ...world,
      requests: query.requests,
      referral_rate: shareBasisPoints / 10_000,
      own_referral_rate: partner.shareBasisPoints / 10_000,
      referral_rate_max: deps.shareBasisPointsMax / 10_000,
      basis: calls > 0 ? 'own_calls' : 'list_prices',
      calls,
      data: estimates.map((one) => describe(deps, one, calls > 0)),
      ...{ provider_cost: creditsOf(cost), earns: creditsOf(share), fee: creditsOf(fee) },
      charge: creditsOf(cost + share + fee),
    }
    response.json(answer)
  })
  return router
}

function rateOf(rate: number | undefined, partner: Partner, basisPointsMax: number): number {
  if (rate === undefined) return partner.shareBasisPoints
  const basisPoints = Math.round(rate * 10_000)
  if (basisPoints <= basisPointsMax) return basisPoints
  throw new AppError(
    'invalid_request',
    `rate: expected at most ${basisPointsMax / 10_000}: the operator of this server allows no more.`,
    {
      param: 'rate',
    },
  )
}

/** In whole quarters of an hour, which have sums. */
async function readHistory({ db, clock }: FiguresDeps, partnerId: string, modelId: string | null) {
  const endMs = clock.nowMs() + dayMs
  const startMs = clock.nowMs() - (clock.nowMs() % quarterMs) - historyMs
  const models = await readModels(db, partnerId, { startMs, endMs, utcStartMs: startMs, utcEndMs: endMs })
  return models
    .filter(({ group, calls }) => calls > 0 && (modelId === null || group === modelId))
    .map(
      (of): ModelHistory => ({
        ...{ model: of.group, calls: of.calls, inputTokens: of.input_tokens, outputTokens: of.output_tokens },
        costMicrocredits: of.provider_cost,
      }),
    )
}

/** One call of the usual size, at the price of today. @throws AppError where no such model is on offer */
async function typicalCall(
  deps: FiguresDeps,
  partner: Partner,
  modelId: string | null,
): Promise<readonly ModelHistory[]> {
  const tokens = { input_tokens: usualTokens, output_tokens: usualTokens }
  const { default_model: chosen, models } = await deps.pricing.describe(partner, tokens)
  const id = modelId ?? chosen
  if (id === null) return []
  const model = models.some((one) => one.id === id) ? deps.catalogue.find(id) : null
  if (model === null)
    throw new AppError('invalid_request', 'model: your app offers no such model; expected an id of /v1/models.', {
      param: 'model',
    })
  const usage = { ...noUsage, inputTokens: usualTokens, outputTokens: usualTokens }
  const { costMicrocredits } = costOfCall(usage, { price: model.price, shareBasisPoints: 0, feeBasisPoints: 0 })
  return [{ model: id, calls: 1, inputTokens: usualTokens, outputTokens: usualTokens, costMicrocredits }]
}

function describe({ catalogue }: FiguresDeps, of: ModelEstimate, isOwn: boolean): PartnerWhatIf['data'][number] {
  return {
    model: of.model,
    label: catalogue.find(of.model)?.name ?? of.model,
    calls: isOwn ? of.calls : 0,
    part: of.part,
    input_tokens: Math.round(of.inputTokens / of.calls),
    output_tokens: Math.round(of.outputTokens / of.calls),
    provider_cost_per_request: creditsOf(microcredits(Math.round(of.costMicrocredits / of.calls))),
    provider_cost: creditsOf(of.estimatedCost),
    earns: creditsOf(of.estimatedShare),
  }
}

function sumOf(estimates: readonly ModelEstimate[], name: 'estimatedCost' | 'estimatedShare' | 'estimatedFee'): number {
  return estimates.reduce((sum, one) => sum + one[name], 0)
}
