import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { Partner } from '../partners/partner.ts'
import type { Catalogue, Model } from '../pricing/catalogue.ts'
import { dearestOf, type Price } from '../pricing/price.ts'
import type { FurtherRun, ParsedRequest, Wire } from '../wires/wire.ts'
import type { Upstreams } from './forward.ts'
import { isAmong, resolveModel } from './resolve-model.ts'

/** A run that the provider may make on behalf of a call, and the model that makes it. */
export interface ResolvedRun {
  readonly run: FurtherRun
  /** Where the provider chooses: the dearest that it may. */
  readonly model: Model
}

/** More in one call is no question to a model. */
const timesAtMost = 100

interface Limits {
  readonly key: AuthenticatedKey
  readonly partner: Partner
}

/**
 * The runs that a request asks for beside its answer. Every model among them has to be one that this key may call.
 * @throws AppError 404 `model_not_found`, 403 `model_not_allowed`, 400 for a model of another provider.
 */
export function resolveFurtherRuns(
  deps: { readonly catalogue: Catalogue; readonly upstreams: Upstreams },
  wire: Wire,
  request: Pick<ParsedRequest, 'furtherRuns'>,
  to: { readonly model: Model; readonly limits: Limits },
): readonly ResolvedRun[] {
  if (request.furtherRuns.length === 0) return noRuns
  const asked = request.furtherRuns.filter(({ providers }) => providers.includes(to.model.provider))
  const tooMany = asked.find(({ timesMax }) => timesMax > timesAtMost)
  if (tooMany !== undefined) {
    const message = `${tooMany.param}: it may be asked ${timesAtMost} times in one call at most. Set max_uses.`
    throw new AppError('invalid_request', message, { param: tooMany.param })
  }
  return asked.map((run) => ({ run, model: modelOf(deps, wire, run, to) }))
}

const noRuns: readonly ResolvedRun[] = []

function modelOf(
  deps: { readonly catalogue: Catalogue; readonly upstreams: Upstreams },
  wire: Wire,
  run: FurtherRun,
  { model, limits }: { readonly model: Model; readonly limits: Limits },
): Model {
  if (run.model === 'same') return model
  if (run.model === 'any') return dearestModel(deps.catalogue, model, run, limits)
  const named = resolveModel(deps, wire, { name: run.model.named, param: run.param }, limits)
  if (named.provider === model.provider) return named
  throw new AppError('invalid_request', `${run.param}: ${named.id} is not of the provider of ${model.id}.`, {
    param: run.param,
  })
}

/** Which model it will be is the provider's choice, so the key has to be one that may call all of them. */
function dearestModel(catalogue: Catalogue, model: Model, run: FurtherRun, { key, partner }: Limits): Model {
  const choice = modelsBeside(catalogue, model)
  const isAllowed = (one: Model) =>
    isAmong(catalogue, one, partner.allowedModels) && isAmong(catalogue, one, key.models)
  if (!choice.every(isAllowed)) {
    throw new AppError(
      'model_not_allowed',
      `${run.param}: "default" lets the provider choose among all of its models, of which this key may use only some. Name the models instead.`,
      { param: run.param },
    )
  }
  return choice.reduce((dearest, one) =>
    one.price.rates.outputPerMillion > dearest.price.rates.outputPerMillion ? one : dearest,
  )
}

function modelsBeside(catalogue: Catalogue, model: Model): readonly Model[] {
  return catalogue.models.filter(({ provider, kind }) => provider === model.provider && kind === model.kind)
}

/** The price of a call, with those of all models that may run on its behalf. */
export function priceWithRuns(catalogue: Catalogue, model: Model, runs: readonly ResolvedRun[]): Price {
  const others = runs.filter(({ run }) => run.model !== 'same')
  if (others.length === 0) return model.price
  const offered = modelsBeside(catalogue, model)
  const named = others.some(({ run }) => run.model === 'any') ? offered : [model, ...others.map((other) => other.model)]
  return {
    ...model.price,
    others: {
      byModel: Object.fromEntries(named.map(({ upstreamId, price }) => [upstreamId, price])),
      unnamed: dearestOf(offered.map(({ price }) => price)),
    },
  }
}

/** What the provider calls the models that the body names. */
export function namesOfRuns(runs: readonly ResolvedRun[]): ReadonlyMap<string, string> {
  if (runs.length === 0) return noNames
  return new Map(
    runs.flatMap(({ run, model }) => (typeof run.model === 'string' ? [] : [[run.model.named, model.upstreamId]])),
  )
}

const noNames: ReadonlyMap<string, string> = new Map()
