import type { Request, Response } from 'express'
import { readJsonObject } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { markSent } from '../ledger/hold.ts'
import { transact } from '../store/transact.ts'
import type { FetchedDocument, Wire } from '../wires/wire.ts'
import { type AdmittedCall, admit } from './admit.ts'
import { answerJson } from './answer-json.ts'
import { answerRefusal } from './answer-refusal.ts'
import type { UpstreamOutcome } from './forward.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseWhileStopping } from './in-flight.ts'
import { relayStream } from './relay-stream.ts'
import { resolveModel } from './resolve-model.ts'
import { startCall } from './running-call.ts'
import { releaseRequest } from './settle-request.ts'

/**
 * Serves one call that credits pay for. Money moves at three places only: `admit` sets it aside, and exactly one of
 * settling (in `answerJson` and `relayStream`) and releasing ends that. What can be refused is refused before.
 */
export async function servePaidRequest(
  deps: GatewayDeps,
  wire: Wire,
  key: AuthenticatedKey,
  request: Request,
  response: Response,
): Promise<void> {
  // A stop may have begun while the body came in.
  refuseWhileStopping(deps.inFlight)
  const requestId = requestIdOf(request)
  const parsed = wire.parseRequest(readJsonObject(request))
  const partner = await deps.partners.byId(key.partnerId)
  const model = resolveModel(deps, wire, parsed.model, { key, partner })
  const prepared = wire.prepare(parsed, { model, requestId, nowMs: deps.clock.nowMs() })
  const terms = {
    price: model.price,
    // What a partner uses itself earns it nothing.
    shareBasisPoints: partner.ownerUserId === key.userId ? 0 : partner.shareBasisPoints,
    feeBasisPoints: deps.operatorFeeBasisPoints,
  }
  const documents = await fetchAll(deps, prepared.documentUrls)
  const call = await admit(deps, { requestId, wire, request: parsed, prepared, documents, model, key, terms })
  const running = startCall(deps.inFlight, call, response)
  try {
    const upstream = await send(deps, call, request, running.signal)
    if (upstream.kind !== 'response' || upstream.status >= 400) await answerRefusal(deps, call, upstream, response)
    else if (parsed.isStream && upstream.contentType.includes('event-stream'))
      await relayStream(deps, call, upstream, running, response)
    else await answerJson(deps, call, upstream, response)
  } finally {
    running.finish()
  }
}

const noDocuments: ReadonlyMap<string, FetchedDocument> = new Map()

async function fetchAll(deps: GatewayDeps, urls: readonly string[]): Promise<ReadonlyMap<string, FetchedDocument>> {
  if (urls.length === 0) return noDocuments
  return new Map(await Promise.all(urls.map(async (url) => [url, await deps.documents.fetch(url)] as const)))
}

async function send(
  deps: GatewayDeps,
  call: AdmittedCall,
  request: Request,
  signal: AbortSignal,
): Promise<UpstreamOutcome> {
  try {
    const body = call.prepared.buildUpstreamBody(call.maxTokensSent, call.documents)
    await transact(deps.db, (transaction) => markSent(transaction, call.requestId), 'process')
    return await deps.upstreams.forward({
      provider: call.model.provider,
      path: call.prepared.upstreamPath,
      body,
      headersFor: (apiKey) => call.prepared.buildUpstreamHeaders(request.headers, apiKey),
      signal,
    })
  } catch (error) {
    const ended = {
      requestId: call.requestId,
      ending: 'not_sent',
      httpStatus: null,
      errorCode: null,
      upstreamRequestId: null,
      firstByteAtMs: null,
    } as const
    await releaseRequest(deps.db, ended, deps.clock.nowMs())
    // A body nested too deep for the serializer is the client's to mend.
    throw error instanceof RangeError
      ? new AppError('invalid_request', 'The body is nested too deep.', { cause: error })
      : error
  }
}
