import { answer, answerObject } from '../http/answer.ts'
import { secondMs } from '../kernel/clock.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { buildUpstreamHeaders } from '../wires/anthropic-messages/build-upstream-request.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { createFileBringer } from './bring-files.ts'
import { readCountablePrompt } from './countable-prompt.ts'
import type { Exchange } from './exchange.ts'
import { fileOwnerOf } from './file-owner.ts'
import { namesOfRuns, resolveFurtherRuns } from './further-runs.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { createRequestRoom } from './request-room.ts'
import { resolveModel } from './resolve-model.ts'
import { sayIgnoredBetas } from './say-ignored-betas.ts'

const answerBytesMax = 1024 * 1024
const free = { 'opencredits-charge': '0' }
/** Nobody pays for a count, so nobody waits long for it. */
const upstreamMsMax = 5 * secondMs
/** Anthropic takes no larger request. */
const upstreamBytesMax = 32 * 1024 * 1024

/**
 * `POST /v1/messages/count_tokens`, which is never billed: Anthropic counts for its own models, a tokenizer here for the
 * others, and for Anthropic's too where it does not answer in time. Clients plan by it; no answer would be worse than a
 * near one.
 */
export async function countTokens(deps: GatewayDeps, key: AuthenticatedKey, exchange: Exchange): Promise<void> {
  const { request, response, body } = exchange
  sayIgnoredBetas(anthropicMessages, request, response)
  await deps.limits.waitForTurn(key, response)
  const isTooLong = body.length > upstreamBytesMax
  const isCountedHere = (name: unknown) => isTooLong || !isOfAnthropic(deps, name)
  const place = { files: deps.files, wire: anthropicMessages, owner: fileOwnerOf(key), room: createRequestRoom(body) }
  const prompt = await readCountablePrompt(deps.counter, body, {
    isCountedHere,
    files: createFileBringer(place),
    refuseUnpaid: async () => void (await deps.funds.refuseEmpty(key)),
  })
  const partner = await deps.partners.activeById(key.partnerId)
  const limits = { key, partner }
  const model = resolveModel(deps, anthropicMessages, { name: prompt.model }, limits)
  const names = namesOfRuns(resolveFurtherRuns(deps, anthropicMessages, prompt, { model, limits }))
  const upstreamBody = model.provider === 'anthropic' && !isTooLong ? prompt.bodyFor(model.upstreamId, names) : null
  if (upstreamBody !== null && Buffer.byteLength(upstreamBody) <= upstreamBytesMax) {
    const left = new AbortController()
    response.once('close', () => left.abort())
    const upstream = await deps.upstreams.forward({
      provider: 'anthropic',
      path: '/v1/messages/count_tokens',
      body: upstreamBody,
      headersFor: (apiKey) => buildUpstreamHeaders(request.headers, apiKey),
      signal: AbortSignal.any([left.signal, AbortSignal.timeout(upstreamMsMax)]),
    })
    const count = upstream.kind === 'response' ? await upstream.body.readWhole(answerBytesMax) : null
    if (upstream.kind === 'response' && count !== null && isForClient(upstream.status)) {
      answer(response, upstream.status, { ...free, 'content-type': upstream.contentType }, count)
      return
    }
  }
  if (!response.destroyed) answerObject(response, 200, free, { input_tokens: await prompt.count() })
}

function isOfAnthropic({ catalogue }: GatewayDeps, name: unknown): boolean {
  return typeof name === 'string' && catalogue.find(name)?.provider === 'anthropic'
}

/** A count, or a refusal of the request; what speaks of our own account there is answered by counting here. */
function isForClient(status: number): boolean {
  return status < 300 || status === 400 || status === 413 || status === 422
}
