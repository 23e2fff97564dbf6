import type { IncomingMessage } from 'node:http'
import { Router } from 'express'
import type { Answerer, DirectRoute } from '../http/direct-routes.ts'
import { aiBodyBytesMax } from '../http/read-body.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { openaiChat } from '../wires/openai-chat/index.ts'
import { openaiEmbeddings } from '../wires/openai-embeddings/index.ts'
import { openaiResponses } from '../wires/openai-responses/index.ts'
import type { Wire } from '../wires/wire.ts'
import { bodyOwnerOf } from './body-owner.ts'
import { choosePayer } from './choose-payer.ts'
import { countTokens } from './count-tokens.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseWhileStopping } from './in-flight.ts'
import { noteMisusedKey, noteRefusedCall } from './note-refused-call.ts'
import { refuseTestKey } from './refuse-test-key.ts'
import { servePaidRequest } from './serve-paid-request.ts'
import { servePassThrough } from './serve-pass-through.ts'

interface Endpoint {
  readonly path: string
  readonly dialect: Wire['dialect']
  /** Never billed, so an empty wallet is no reason to refuse it. */
  readonly isFree: boolean
  /** Where a call with a credential of the user's own goes; null where it cannot. */
  readonly passThroughPath: string | null
  /** Serves a call for which credits pay. */
  serve(deps: GatewayDeps, key: AuthenticatedKey, exchange: Exchange): Promise<void>
}

const endpoints: readonly Endpoint[] = [
  ...(
    [
      ['/chat/completions', openaiChat],
      ['/responses', openaiResponses],
      ['/messages', anthropicMessages],
      ['/embeddings', openaiEmbeddings],
    ] as const
  ).map(
    ([path, wire]): Endpoint => ({
      path,
      dialect: wire.dialect,
      isFree: false,
      passThroughPath: wire.endpoint === 'messages' ? '/v1/messages' : null,
      serve: (deps, key, exchange) => servePaidRequest(deps, wire, key, exchange),
    }),
  ),
  {
    path: '/messages/count_tokens',
    dialect: 'anthropic',
    isFree: true,
    passThroughPath: '/v1/messages/count_tokens',
    serve: countTokens,
  },
]

/** The metered endpoints by their right paths, to be reached without Express. */
export function meteredEndpoints(deps: GatewayDeps): readonly DirectRoute[] {
  return endpoints.map((endpoint) => ({ path: `/v1${endpoint.path}`, answer: answererOf(deps, endpoint) }))
}

/** The same behind Express. A base URL with `/v1` too many or too few is answered all the same, with a hint. */
export function createGatewayRouter(deps: GatewayDeps): Router {
  const router = Router()
  for (const endpoint of endpoints) {
    const { path, dialect } = endpoint
    const answer = answererOf(deps, endpoint)
    const hint = `use the base URL ${dialect === 'anthropic' ? deps.publicUrl : `${deps.publicUrl}/v1`}`
    router.post([`/v1${path}`, path, `/v1/v1${path}`], (request, response) => {
      if (request.path !== `/v1${path}`) response.set('opencredits-hint', hint)
      return answer(request, response)
    })
  }
  return router
}

/**
 * The one place where the worlds part: all that a test key's call does is done with the simulated models of `testCalls`,
 * by the same code, which has nothing else at hand.
 */
function answererOf(live: GatewayDeps, endpoint: Endpoint): Answerer {
  const test = { ...live, ...live.testCalls }
  return async (request, response) => {
    const caller = await identify(live, endpoint, request)
    const deps = caller.key.livemode ? live : test
    try {
      await serve(deps, endpoint, caller, { request, response })
    } catch (error) {
      noteRefusedCall(deps.observations, { path: `/v1${endpoint.path}`, key: caller.key }, error)
      throw error
    }
  }
}

type Asking = Pick<Exchange, 'request' | 'response'>

async function serve(deps: GatewayDeps, endpoint: Endpoint, caller: Caller, { request, response }: Asking) {
  const { key, passThroughPath } = caller
  const place = await deps.limits.takeKey(key, response)
  const look = endpoint.isFree || passThroughPath !== null ? null : deps.funds.refuseEmpty(key)
  if (look !== null) await look
  const owner = bodyOwnerOf(key, passThroughPath === null && !endpoint.isFree)
  const body = await deps.readBody(request, { bytesMax: aiBodyBytesMax, owner })
  try {
    const exchange = { request, response, body, place }
    if (passThroughPath !== null) await servePassThrough(deps, passThroughPath, key, exchange)
    else {
      await endpoint.serve(deps, key, exchange)
      if (!endpoint.isFree) deps.funds.noteAdmitted(key)
    }
  } catch (error) {
    const isRefused = error instanceof AppError && error.status < 500
    body.release(isRefused)
    if (isRefused && error.status === 402) deps.funds.noteRefused(key)
    throw error
  } finally {
    body.release()
  }
}

interface Caller {
  readonly key: AuthenticatedKey
  /** Null: credits pay. */
  readonly passThroughPath: string | null
}

/**
 * Whose key it is, and who pays. Everything that can be refused by the headers is refused by them: before a body is read and
 * a credit is held.
 */
async function identify(deps: GatewayDeps, endpoint: Endpoint, request: IncomingMessage): Promise<Caller> {
  refuseWhileStopping(deps.inFlight)
  const payer = choosePayer(request.headers)
  if (payer.billedTo === 'passthrough') {
    const { passThroughPath } = endpoint
    if (passThroughPath === null) throw passThroughElsewhere()
    const key = await deps.authenticator.authenticateUserKey(payer.key, request)
    refuseTestKey(key)
    return { key, passThroughPath }
  }
  try {
    return { key: await deps.authenticator.requireUserKey(request), passThroughPath: null }
  } catch (error) {
    await noteMisusedKey(deps, request.headers)
    throw error
  }
}

function passThroughElsewhere(): AppError {
  return new AppError(
    'invalid_request',
    'x-opencredits-key asks for pass-through, which is for Anthropic’s /v1/messages only. Nothing was billed. To pay with credits, send the key as X-User-Key.',
    { param: 'x-opencredits-key' },
  )
}
