import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { setHead } from '../http/answer.ts'
import { requestIdOf } from '../http/request-id.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { pickHeaders } from '../wires/upstream-headers.ts'
import type { Exchange } from './exchange.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { type PassedThrough, recordPassThrough } from './record-pass-through.ts'
import { watchPassThrough } from './watch-pass-through.ts'

/**
 * Serves one call that the user's own credential pays for: it goes to Anthropic and only there, untouched; what comes
 * back goes back as it is. Nothing in this file can reach a wallet: it holds nothing and settles nothing.
 */
export async function servePassThrough(
  deps: GatewayDeps,
  path: string,
  key: AuthenticatedKey,
  exchange: Exchange,
): Promise<void> {
  const startedAtMs = deps.clock.nowMs()
  const { request, response } = exchange
  await deps.partners.activeById(key.partnerId)
  const { body } = exchange
  // No more of it is read here than this: a user's own credential pays for what Anthropic makes of it, and nothing pays us.
  const asked = { model: body.peek('model'), isStream: body.peek('stream') === true }
  const model = modelFor(deps, asked.model)
  const abort = new AbortController()
  response.once('close', () => abort.abort())
  const upstream = await deps.upstreams.forwardOwn({
    provider: 'anthropic',
    path,
    body: typeof model === 'string' && model !== asked.model ? body.takeWithModel(model) : body.take(),
    headers: ownHeaders(request.headers),
    signal: abort.signal,
  })
  body.release()
  response.setHeader('opencredits-billed-to', 'passthrough')
  response.setHeader('opencredits-charge', '0')
  const watched = upstream.kind === 'response' ? await answer(upstream, response) : null
  const passed: PassedThrough = {
    requestId: requestIdOf(request),
    key,
    model: String(model),
    isStream: asked.isStream,
    startedAtMs,
    endedAtMs: deps.clock.nowMs(),
    upstream: upstream.kind === 'response' ? { status: upstream.status, requestId: upstream.requestId } : null,
    isWhole: watched?.isWhole ?? false,
    usage: watched?.usage ?? {},
  }
  // Counting tokens is no call that anyone would look for.
  if (path === '/v1/messages') await recordPassThrough(deps, passed)
  if (upstream.kind !== 'response')
    throw new AppError('upstream_error', 'Anthropic could not be reached. No credits were touched; try again.')
}

type UpstreamResponse = Extract<UpstreamOutcome, { kind: 'response' }>

function answer(upstream: UpstreamResponse, response: ServerResponse) {
  setHead(response, upstream.status, { 'content-type': upstream.contentType })
  for (const [name, value] of Object.entries(upstream.headers)) {
    // What Anthropic says of the user's own limits is the user's.
    if (value !== undefined && (name === 'retry-after' || name.startsWith('anthropic-')))
      response.setHeader(name, value)
  }
  response.flushHeaders()
  return watchPassThrough(upstream, response)
}

/** The user's credential and what Anthropic's clients say of themselves. Our own headers stay here. */
function ownHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return {
    'anthropic-version': '2023-06-01',
    ...pickHeaders(headers, ['anthropic-*', 'authorization', 'x-api-key', 'user-agent', 'x-app', 'x-stainless-*']),
    'content-type': 'application/json',
    'accept-encoding': 'identity',
  }
}

/**
 * Anthropic's own name of the model. One that is not known here goes along: Anthropic says what it is.
 * @throws AppError 400 for another provider's model, to which no credential of Anthropic's may go.
 */
function modelFor(deps: GatewayDeps, name: unknown): unknown {
  if (typeof name !== 'string') return name
  const known = deps.catalogue.find(name)
  const [, provider = null, bare = name] = /^([\w-]+)\/(.+)$/.exec(name) ?? []
  if ((known?.provider ?? provider ?? 'anthropic') !== 'anthropic') {
    throw new AppError(
      'invalid_request',
      `model: ${name.slice(0, 100)} is not Anthropic’s, and pass-through sends your credential to Anthropic only. Nothing was billed. To pay with credits, send the key as X-User-Key.`,
      { param: 'model' },
    )
  }
  return known !== null && name !== known.upstreamId && provider !== null ? known.upstreamId : bare
}
