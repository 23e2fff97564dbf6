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
  name: string,
  limits: { readonly key: AuthenticatedKey; readonly partner: Partner },
): Model {
  const model = deps.catalogue.find(name)
  if (model === null || !deps.upstreams.isConfigured(model.provider)) {
    throw new AppError('model_not_found', `model: there is no ${name.slice(0, 100)} here. GET /v1/models lists all.`, {
      param: 'model',
    })
  }
  refuseUnlessAllowed(deps.catalogue, model, limits.partner.allowedModels, 'This app has no access')
  refuseUnlessAllowed(deps.catalogue, model, limits.key.models, 'This key has no access')
  if (wire.kind !== model.kind) {
    const endpoint =
      model.kind === 'embedding' ? '/v1/embeddings' : '/v1/chat/completions, /v1/responses or /v1/messages'
    throw new AppError('invalid_request', `model: ${model.id} is served on ${endpoint}.`, { param: 'model' })
  }
  return model
}

function refuseUnlessAllowed(
  catalogue: Catalogue,
  model: Model,
  allowed: readonly string[] | null,
  reason: string,
): void {
  if (allowed === null || allowed.some((name) => catalogue.find(name)?.id === model.id)) return
  throw new AppError('model_not_allowed', `${reason} to ${model.id}.`, { param: 'model' })
}
