import type { Request, Response } from 'express'
import { readJsonObject } from '../http/read-json.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { countPromptTokens } from '../wires/count-prompt.ts'
import { estimateInput } from '../wires/estimate-input.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { readWhole } from './read-whole.ts'
import { resolveModel } from './resolve-model.ts'

const answerBytesMax = 1024 * 1024

/**
 * `POST /v1/messages/count_tokens`, which is never billed: Anthropic counts for its own models, a tokenizer here for the
 * others, and for Anthropic's too where it does not answer. Clients plan by it; no answer would be worse than a near one.
 */
export async function countTokens(
  deps: GatewayDeps,
  key: AuthenticatedKey,
  request: Request,
  response: Response,
): Promise<void> {
  const body = readJsonObject(request)
  // Counting takes the same body as asking, but no limit.
  const parsed = anthropicMessages.parseRequest({ max_tokens: 1, ...body })
  const partner = await deps.partners.byId(key.partnerId)
  const model = resolveModel(deps, anthropicMessages, parsed.model, { key, partner })
  response.set('opencredits-charge', '0')
  if (model.provider === 'anthropic') {
    const abort = new AbortController()
    response.once('close', () => abort.abort())
    const upstream = await deps.upstreams.forward({
      provider: 'anthropic',
      path: '/v1/messages/count_tokens',
      body: JSON.stringify({ ...body, model: model.upstreamId }),
      headersFor: (apiKey) => buildUpstreamHeaders(request.headers, apiKey),
      signal: abort.signal,
    })
    const answer = upstream.kind === 'response' ? await readWhole(upstream.body, answerBytesMax) : null
    if (upstream.kind === 'response' && answer !== null && isForClient(upstream.status)) {
      response.status(upstream.status).set('content-type', upstream.contentType).send(answer)
      return
    }
  }
  response.json({ input_tokens: countPromptTokens(body) ?? estimateInput(body).tokens })
}

/** A count, or a refusal of the request; what speaks of our own account there is answered by counting here. */
function isForClient(status: number): boolean {
  return status < 300 || status === 400 || status === 413 || status === 422
}
