import { requestIdOf } from '../http/request-id.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { markSent } from '../ledger/hold.ts'
import { runStep, type Step } from '../store/step.ts'
import type { FetchedDocument, ParsedRequest, PreparedCall, Wire } from '../wires/wire.ts'
import { type AdmittedCall, admit, type CallToAdmit } from './admit.ts'
import { answerJson, endUnanswered } from './answer-json.ts'
import { answerRefusal } from './answer-refusal.ts'
import { createFileBringer } from './bring-files.ts'
import type { Exchange } from './exchange.ts'
import { fileOwnerOf } from './file-owner.ts'
import { isFirstByteTimeout, type UpstreamOutcome } from './forward.ts'
import { namesOfRuns, priceWithRuns, resolveFurtherRuns } from './further-runs.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseWhileStopping } from './in-flight.ts'
import { recall } from './recall.ts'
import { relayStream } from './relay-stream.ts'
import { createRequestRoom } from './request-room.ts'
import { resolveModel } from './resolve-model.ts'
import { type CallControl, startCall } from './running-call.ts'
import { sayIgnoredBetas } from './say-ignored-betas.ts'
import { identityOf, releaseRequest } from './settle-request.ts'
import { bodyOf, copyAhead, writeBody } from './write-body.ts'

/**
 * Serves one call that credits pay for. Money moves at three places only: `admit` sets it aside, and exactly one of
 * settling (in `answerJson` and `relayStream`) and releasing ends that. What can be refused is refused before.
 */
export async function servePaidRequest(
  deps: GatewayDeps,
  wire: Wire,
  key: AuthenticatedKey,
  { request, response, body, place }: Exchange,
): Promise<void> {
  sayIgnoredBetas(wire, request, response)
  // A stop may have begun while the body came in.
  refuseWhileStopping(deps.inFlight)
  const requestId = requestIdOf(request)
  const room = createRequestRoom(body)
  // Of most calls nothing more has to be known of files.
  const namesFiles = body.includes('"file_id"')
  const sent = body.takeObject()
  const files = createFileBringer({ files: deps.files, wire, owner: fileOwnerOf(key), room })
  const asked = wire.parseRequest(namesFiles ? { ...(await files.bring(sent)) } : sent)
  const partner = await deps.partners.activeById(key.partnerId)
  const model = resolveModel(deps, wire, { name: asked.model }, { key, partner })
  const { parsed, memory } = await recall(deps, wire, asked, { request, room, sent, files, key, model })
  const runs = resolveFurtherRuns(deps, wire, parsed, { model, limits: { key, partner } })
  const prepared = wire.prepare(parsed, {
    model,
    requestId,
    endUser: key.pseudonym,
    modelNames: namesOfRuns(runs),
    nowMs: deps.clock.nowMs(),
    keeping: memory,
  })
  const terms = {
    price: priceWithRuns(deps.catalogue, model, runs),
    // What a partner uses itself earns it nothing.
    shareBasisPoints: partner.ownerUserId === key.userId ? 0 : partner.shareBasisPoints,
    feeBasisPoints: deps.operatorFeeBasisPoints,
  }
  refuseTooManyDocuments(prepared)
  const largeFiles = model.provider === 'anthropic' ? files.large : []
  const admission = { requestId, wire, request: parsed, prepared, model, runs, key, terms, memory, largeFiles }
  const { call, running, upstream } = await send(deps, admission, { request, response, place })
  deps.files.noteUses(files.ids)
  // What nobody pays for counts for a while longer.
  body.release(!key.livemode)
  try {
    if (upstream.kind === 'response' && upstream.status < 400) {
      if (parsed.isStream && upstream.contentType.includes('event-stream'))
        await relayStream(deps, call, upstream, running, response)
      else await answerJson(deps, call, upstream, running, response)
    } else if (upstream.kind === 'response' || !wasStopped(running, parsed, upstream))
      await answerRefusal(deps, call, upstream, response)
    else if (parsed.isStream) await relayStream(deps, call, null, running, response)
    else await endUnanswered(deps, call, null, running)
  } catch (error) {
    // A fault of ours: the provider is not to go on for nobody.
    if (!(error instanceof AppError)) running.hangUp()
    throw error
  } finally {
    running.finish()
  }
}

/** Whether it was we who gave up before the provider had answered: then it may have worked, and nobody says how much. */
function wasStopped(running: CallControl, { isStream }: ParsedRequest, upstream: UpstreamOutcome): boolean {
  return running.stoppedFor !== null || (!isStream && isFirstByteTimeout(upstream))
}

interface SentCall {
  readonly call: AdmittedCall
  readonly running: CallControl
  readonly upstream: UpstreamOutcome
}

/** Admits a call and sends it. Its body is written before and forgotten afterwards: a stream may last for minutes. */
async function send(
  deps: GatewayDeps,
  admission: CallToAdmit,
  { request, response, place }: Omit<Exchange, 'body'>,
): Promise<SentCall> {
  const { prepared, model, largeFiles } = admission
  const fields = prepared.buildUpstreamBody(null, noDocuments)
  const text = writeBody(fields)
  if (response.closed) throw abandoned()
  const call = await admit(deps, admission, { fields, text, clientHeaders: request.headers })
  const running = startCall(deps, call, { response, place })
  try {
    const isReady = call.maxTokensSent === null && prepared.documentUrls.length === 0 && largeFiles.length === 0
    const completed = isReady ? { fields, text, copies: null } : await complete(deps, call)
    if (!isReady) running.noteSent()
    if (running.isClientGone) {
      await releaseUnsent(deps, call)
      throw abandoned()
    }
    const upstream = await deps.upstreams.forward({
      provider: model.provider,
      path: prepared.upstreamPath,
      body: bodyOf(deps, { ...completed, largeFiles }),
      firstKey: completed.copies?.apiKey,
      headersFor: (apiKey) => prepared.buildUpstreamHeaders(request.headers, apiKey),
      signal: running.signal,
      isWhole: !call.request.isStream,
      isWanted: () => !running.isClientGone,
    })
    return { call, running, upstream }
  } catch (error) {
    running.finish()
    throw error
  }
}

const noDocuments: ReadonlyMap<string, FetchedDocument> = new Map()
const documentsMax = 20

/** @throws AppError 400 before anything is held. */
function refuseTooManyDocuments({ documentUrls }: PreparedCall): void {
  if (documentUrls.length <= documentsMax) return
  throw new AppError(
    'invalid_request',
    `messages: ${documentUrls.length} documents are named by their URLs; at most ${documentsMax} are fetched for one call.`,
    { param: 'messages' },
  )
}

const sending: Step<string, true> = {
  async run(session, requestIds) {
    await markSent(session, requestIds)
    return requestIds.map(() => true)
  },
}

/** The body anew: with what is fetched for it, now that it is held, and a limit that the credits cover. Only then does the call go out. */
async function complete(deps: GatewayDeps, call: AdmittedCall) {
  const { requestId, prepared, maxTokensSent, largeFiles } = call
  try {
    const documents = await deps.documents.fetchAll(prepared.documentUrls)
    const fields = prepared.buildUpstreamBody(maxTokensSent, documents)
    const copies = await copyAhead(deps, largeFiles)
    await runStep(deps.db, sending, requestId, 'process')
    return { fields, text: null, copies }
  } catch (error) {
    await releaseUnsent(deps, call)
    throw error
  }
}

function releaseUnsent(deps: GatewayDeps, call: AdmittedCall): Promise<void> {
  const nothing = { httpStatus: null, errorCode: null, upstreamRequestId: null, firstByteAtMs: null }
  return releaseRequest(deps, { ...identityOf(call), ending: 'not_sent', ...nothing }, deps.clock.nowMs())
}

/** Nobody is there to be told; it ends the call before a provider has heard of it. */
function abandoned(): AppError {
  return new AppError('invalid_request', 'The client left before its call was sent. Nothing was charged.')
}
