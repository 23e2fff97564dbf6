import { type Request, Router } from 'express'
import { AppError } from '../kernel/app-error.ts'
import { readSecret } from '../keys/key-format.ts'
import { readCredentials } from '../keys/read-credentials.ts'
import type { Model } from '../pricing/catalogue.ts'
import type { GatewayDeps } from './gateway-deps.ts'

/** `GET /v1/models` and `/v1/models/{id}`, in the shape that OpenAI's or, with `anthropic-version`, Anthropic's SDK lists. */
export function createModelRouter(deps: Pick<GatewayDeps, 'catalogue' | 'upstreams'>): Router {
  const router = Router()
  const isOnOffer = (model: Model, request: Request) =>
    deps.upstreams.isConfigured(model.provider) || isOfTestWorld(request)

  router.get(['/v1/models', '/models', '/v1/v1/models'], (request, response) => {
    const data = deps.catalogue.models
      .filter((model) => isOnOffer(model, request))
      .map((model) => describeModel(model, isAnthropicClient(request)))
    response.json(
      isAnthropicClient(request)
        ? { data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: false }
        : { object: 'list', data },
    )
  })

  router.get(['/v1/models/*id', '/models/*id', '/v1/v1/models/*id'], (request, response) => {
    // `provider/model` comes as two segments, or as one with its slash encoded.
    const segments: unknown = request.params.id
    const id = Array.isArray(segments) ? segments.join('/') : String(segments)
    const model = deps.catalogue.find(id)
    if (model === null || !isOnOffer(model, request)) {
      throw new AppError('model_not_found', `There is no model ${id.slice(0, 100)} here. GET /v1/models lists all.`, {
        param: 'model',
      })
    }
    response.json(describeModel(model, isAnthropicClient(request)))
  })
  return router
}

/** A test key may call every model. What is listed is no secret, so the key itself is not looked up. */
function isOfTestWorld({ headers }: Request): boolean {
  const key = readCredentials(headers).payingKey
  return key !== null && readSecret(key)?.livemode === false
}

function isAnthropicClient(request: Request): boolean {
  return request.get('anthropic-version') !== undefined
}

function describeModel(model: Model, isForAnthropicClient: boolean) {
  const createdAt = new Date(model.createdAtMs)
  return {
    id: model.id,
    name: model.name,
    context_window: model.contextWindow,
    max_tokens: model.maxTokens,
    ...(isForAnthropicClient
      ? {
          type: 'model',
          display_name: model.name,
          created_at: createdAt.toISOString(),
          max_input_tokens: model.contextWindow,
        }
      : { type: 'language', object: 'model', created: Math.floor(model.createdAtMs / 1000), owned_by: model.provider }),
  }
}
