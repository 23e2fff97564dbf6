import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { Partner } from '../partners/partner.ts'
import type { Catalogue, Model } from '../pricing/catalogue.ts'
import type { Wire } from '../wires/wire.ts'
import type { Upstreams } from './forward.ts'

/**
 * The model that a request names, if it may be called by this key, for this partner, on this endpoint.
 * @throws AppError 404 `model_not_found`, 403 `model_not_allowed`, 400 for an endpoint that does not serve it.
 */
export function resolveModel(
  deps: { readonly catalogue: Catalogue; readonly upstreams: Upstreams },
  wire: Wire,
  { name, param = 'model' }: { readonly name: string; readonly param?: string },
  limits: { readonly key: AuthenticatedKey; readonly partner: Partner },
): Model {
  const model = deps.catalogue.find(name)
  if (model === null || !deps.upstreams.isConfigured(model.provider)) {
    throw new AppError(
      'model_not_found',
      `${param}: there is no ${name.slice(0, 100)} here. GET /v1/models lists all.`,
      {
        param,
      },
    )
  }
  const { partner, key } = limits
  if (!isAmong(deps.catalogue, model, partner.allowedModels))
    throw new AppError('model_not_allowed', `This app has no access to ${model.id}.`, { param })
  if (!isAmong(deps.catalogue, model, key.models))
    throw new AppError('model_not_allowed', `This key has no access to ${model.id}.`, { param })
  if (wire.kind !== model.kind) {
    const endpoint =
      model.kind === 'embedding' ? '/v1/embeddings' : '/v1/chat/completions, /v1/responses or /v1/messages'
    throw new AppError('invalid_request', `${param}: ${model.id} is served on ${endpoint}.`, { param })
  }
  return model
}

/** Whether a list of allowed models has it; null allows all. */
export function isAmong(catalogue: Catalogue, model: Model, allowed: readonly string[] | null): boolean {
  return allowed === null || allowed.some((name) => catalogue.find(name)?.id === model.id)
}
