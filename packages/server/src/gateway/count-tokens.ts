import { answer, answerObject } from '../http/answer.ts'
import { parseJsonObject } from '../http/read-json.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { nameModels } from '../wires/anthropic-messages/name-models.ts'
import { countPromptTokens, likelyPromptTokens } from '../wires/count-prompt.ts'
import type { Exchange } from './exchange.ts'
import { namesOfRuns, resolveFurtherRuns } from './further-runs.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { readWhole } from './read-whole.ts'
import { resolveModel } from './resolve-model.ts'
import { sayIgnoredBetas } from './say-ignored-betas.ts'

const answerBytesMax = 1024 * 1024
const free = { 'opencredits-charge': '0' }

/**
 * `POST /v1/messages/count_tokens`, which is never billed: Anthropic counts for its own models, a tokenizer here for the
 * others, and for Anthropic's too where it does not answer. Clients plan by it; no answer would be worse than a near one.
 */
export async function countTokens(deps: GatewayDeps, key: AuthenticatedKey, exchange: Exchange): Promise<void> {
  const { request, response } = exchange
  sayIgnoredBetas(anthropicMessages, request, response)
  const body = parseJsonObject(exchange.body)
  // Counting takes the same body as asking, but no limit.
  const parsed = anthropicMessages.parseRequest({ max_tokens: 1, ...body })
  const partner = await deps.partners.byId(key.partnerId)
  const limits = { key, partner }
  const model = resolveModel(deps, anthropicMessages, { name: parsed.model }, limits)
  const names = namesOfRuns(resolveFurtherRuns(deps, anthropicMessages, parsed, { model, limits }))
  if (model.provider === 'anthropic') {
    const abort = new AbortController()
    response.once('close', () => abort.abort())
    const upstream = await deps.upstreams.forward({
      provider: 'anthropic',
      path: '/v1/messages/count_tokens',
      // Nothing is generated, so nobody has to be told who asks.
      body: JSON.stringify({ ...nameModels(body, names), metadata: undefined, model: model.upstreamId }),
      headersFor: (apiKey) => buildUpstreamHeaders(request.headers, apiKey),
      signal: abort.signal,
    })
    const count = upstream.kind === 'response' ? await readWhole(upstream.body, answerBytesMax) : null
    if (upstream.kind === 'response' && count !== null && isForClient(upstream.status)) {
      answer(response, upstream.status, { ...free, 'content-type': upstream.contentType }, count)
      return
    }
  }
  answerObject(response, 200, free, { input_tokens: countPromptTokens(body) ?? likelyPromptTokens(body) })
}

/** A count, or a refusal of the request; what speaks of our own account there is answered by counting here. */
function isForClient(status: number): boolean {
  return status < 300 || status === 400 || status === 413 || status === 422
}
