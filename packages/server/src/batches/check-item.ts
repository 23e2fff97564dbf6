import type { IncomingHttpHeaders } from 'node:http'
import { boundCall } from '../gateway/bound-call.ts'
import type { FileBringer } from '../gateway/bring-files.ts'
import { namesOfRuns, priceWithRuns, resolveFurtherRuns } from '../gateway/further-runs.ts'
import { heldRunsOf } from '../gateway/held-runs.ts'
import { costOfHold } from '../gateway/plan-hold.ts'
import { resolveModel } from '../gateway/resolve-model.ts'
import { wishOf } from '../gateway/wish-of-call.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Microcredits } from '../kernel/microcredits.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import type { Partner } from '../partners/partner.ts'
import { batchCatalogueOf } from '../pricing/batch-catalogue.ts'
import type { Catalogue, Model, ModelProvider } from '../pricing/catalogue.ts'
import type { Price } from '../pricing/price.ts'
import type { ParsedRequest, UpstreamBody, Wire } from '../wires/wire.ts'
import type { BatchDeps } from './batch-deps.ts'
import { requestIdAt } from './batch-ids.ts'

/** Who sends a batch, and on which terms. */
export interface BatchTerms {
  readonly batchId: string
  readonly provider: ModelProvider
  readonly key: AuthenticatedKey
  readonly partner: Partner
  readonly headers: IncomingHttpHeaders
  readonly shareBasisPoints: number
  readonly feeBasisPoints: number
  readonly bringFiles: FileBringer
}

/** A request of a batch as its client sent it. */
export interface RawItem {
  readonly position: number
  readonly customId: string
  readonly body: Record<string, unknown>
  readonly wire: Wire
  /** Where the body stands: `requests[17].params`. */
  readonly path: string
}

/** A request that may be sent, and what it may cost at most. */
export interface CheckedItem {
  readonly position: number
  readonly customId: string
  /** At its price in batches. */
  readonly model: Model
  readonly price: Price
  readonly likelyInputTokens: number
  readonly maxTokens: number
  readonly holdMicrocredits: Microcredits
  readonly upstreamBody: UpstreamBody
}

/**
 * Checks a request of a batch as a call is checked, and bounds what it may cost.
 * @throws AppError that names the field, with the request's place before it.
 */
export async function checkItem(deps: BatchDeps, terms: BatchTerms, item: RawItem): Promise<CheckedItem> {
  try {
    return await check(deps, terms, item)
  } catch (error) {
    throw error instanceof AppError && error.status < 500 ? atPath(error, item.path) : error
  }
}

async function check(deps: BatchDeps, terms: BatchTerms, item: RawItem): Promise<CheckedItem> {
  const { key, partner, batchId, provider, headers } = terms
  const { wire, position, customId } = item
  refuseForBatches(wire, item.body)
  const request = wire.parseRequest({ ...(await terms.bringFiles.bring(item.body)) })
  refuseStream(request)
  const limits = { key, partner }
  const offer = { upstreams: deps.upstreams, catalogue: batchCatalogueOf(deps.catalogue) }
  const model = inBatches(resolveModel(deps, wire, { name: request.model }, limits), provider, offer.catalogue)
  const runs = resolveFurtherRuns(offer, wire, request, { model, limits })
  const requestId = requestIdAt(batchId, position)
  const prepared = wire.prepare(request, {
    ...{ model, requestId, endUser: key.pseudonym, modelNames: namesOfRuns(runs), nowMs: deps.clock.nowMs() },
    keeping: null,
  })
  if (prepared.documentUrls.length > 0)
    throw new AppError('invalid_request', 'messages: documents by URL are not fetched for batches. Send them inline.')
  const price = priceWithRuns(offer.catalogue, model, runs)
  const upstreamBody = prepared.buildUpstreamBody(null, new Map())
  const call = {
    ...{ requestId, wire, request, prepared, model, runs, key, memory: null, largeFiles: [] },
    terms: { price, shareBasisPoints: terms.shareBasisPoints, feeBasisPoints: terms.feeBasisPoints },
  }
  const prompt = await boundCall(deps, call, {
    fields: upstreamBody,
    text: JSON.stringify(upstreamBody),
    clientHeaders: headers,
  })
  const wish = wishOf(call, prompt.bound, heldRunsOf(call, prompt))
  return {
    ...{ position, customId, model, price, upstreamBody },
    likelyInputTokens: prompt.bound.likelyTokens,
    maxTokens: wish.wantedTokens,
    holdMicrocredits: costOfHold(wish, wish.wantedTokens),
  }
}

/** What a batch cannot have, though a call can. */
const notInBatches: Readonly<Record<Wire['dialect'], readonly string[]>> = {
  // https://platform.claude.com/docs/en/build-with-claude/batch-processing, "Can use"
  anthropic: ['speed', 'store', 'thread', 'previous_message_id', 'cache_hint', 'context_hint'],
  openai: ['previous_response_id', 'service_tier'],
}

function refuseForBatches(wire: Wire, body: Readonly<Record<string, unknown>>): void {
  const field = notInBatches[wire.dialect].find((name) => body[name] !== undefined && body[name] !== null)
  if (field === undefined) return
  throw new AppError('invalid_request', `${field}: not supported in batches. Leave it out.`, { param: field })
}

function refuseStream({ isStream }: ParsedRequest): void {
  if (!isStream) return
  throw new AppError('invalid_request', 'stream: answers of a batch are not streamed. Leave it out.', {
    param: 'stream',
  })
}

function inBatches(model: Model, provider: ModelProvider, catalogue: Catalogue): Model {
  const offered = catalogue.find(model.id)
  if (offered !== null && offered.provider === provider) return offered
  const why =
    offered === null
      ? 'has no price in batches. Send it by itself'
      : `is not a model of the provider of this batch. Send it by ${otherRoute[provider]}`
  throw new AppError('batch_not_supported', `model: ${model.id} ${why}.`, { param: 'model' })
}

const otherRoute: Readonly<Record<ModelProvider, string>> = {
  anthropic: '/v1/batches',
  openai: '/v1/messages/batches',
  google: 'itself',
  xai: 'itself',
}

/** The same error, with the place of the request before the field. */
function atPath(error: AppError, path: string): AppError {
  const { code, message, param, wireCode } = error
  const isNamed = param !== null && message.startsWith(`${param}:`)
  return new AppError(code, isNamed ? `${path}.${message}` : `${path}: ${message}`, {
    param: param === null ? path : `${path}.${param}`,
    ...(wireCode === null ? {} : { wireCode }),
    cause: error,
  })
}
