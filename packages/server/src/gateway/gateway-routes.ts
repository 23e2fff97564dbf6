import type { IncomingMessage, ServerResponse } from 'node:http'
import { type RequestHandler, Router } from 'express'
import type { Answerer } from '../http/direct-routes.ts'
import { readBody } from '../http/read-body.ts'
import { aiBody, aiBodyBytesMax, bodyOf } from '../http/read-json.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { openaiChat } from '../wires/openai-chat/index.ts'
import { openaiEmbeddings } from '../wires/openai-embeddings/index.ts'
import { openaiResponses } from '../wires/openai-responses/index.ts'
import type { Wire } from '../wires/wire.ts'
import { choosePayer, type Payer } from './choose-payer.ts'
import { countTokens } from './count-tokens.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseWhileStopping } from './in-flight.ts'
import { servePaidRequest } from './serve-paid-request.ts'
import { servePassThrough } from './serve-pass-through.ts'

interface Endpoint {
  readonly path: string
  readonly dialect: Wire['dialect']
  serve(deps: GatewayDeps, payer: Payer, key: AuthenticatedKey, exchange: Exchange): Promise<void>
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
      serve(deps, payer, key, exchange) {
        if (payer.billedTo === 'credits') return servePaidRequest(deps, wire, key, exchange)
        if (wire.endpoint !== 'messages') throw passThroughElsewhere()
        return servePassThrough(deps, '/v1/messages', key, exchange)
      },
    }),
  ),
  {
    path: '/messages/count_tokens',
    dialect: 'anthropic',
    serve: (deps, payer, key, exchange) =>
      payer.billedTo === 'credits'
        ? countTokens(deps, key, exchange)
        : servePassThrough(deps, '/v1/messages/count_tokens', key, exchange),
  },
]

/** The metered endpoints by their right paths, to be reached without Express. */
export function meteredEndpoints(deps: GatewayDeps): ReadonlyMap<string, Answerer> {
  return new Map(
    endpoints.map(({ path, serve }) => [
      `/v1${path}`,
      async (request, response) => {
        const { payer, key } = await enter(deps, request, response)
        await serve(deps, payer, key, { request, response, body: await readBody(request, aiBodyBytesMax) })
      },
    ]),
  )
}

/** The same behind Express. A base URL with `/v1` too many or too few is answered all the same, with a hint. */
export function createGatewayRouter(deps: GatewayDeps): Router {
  const router = Router()
  for (const { path, dialect, serve } of endpoints) {
    router.post(
      [`/v1${path}`, path, `/v1/v1${path}`],
      hintAtBaseUrl(deps.publicUrl, path, dialect),
      async (request, response, next) => {
        response.locals.entered = await enter(deps, request, response)
        next()
      },
      aiBody,
      (request, response) => {
        const { payer, key } = response.locals.entered as Entered
        return serve(deps, payer, key, { request, response, body: bodyOf(request) })
      },
    )
  }
  return router
}

interface Entered {
  readonly payer: Payer
  readonly key: AuthenticatedKey
}

/** Everything that can be refused by the headers is refused by them: before a body is read and a credit is held. */
async function enter(deps: GatewayDeps, request: IncomingMessage, response: ServerResponse): Promise<Entered> {
  refuseWhileStopping(deps.inFlight)
  await deps.limits.takeAddress(deps.clientAddress(request))
  const payer = choosePayer(request.headers)
  const key =
    payer.billedTo === 'credits'
      ? await deps.authenticator.requireUserKey(request)
      : await deps.authenticator.authenticateUserKey(payer.key)
  await deps.limits.takeKey(key, response)
  return { payer, key }
}

function passThroughElsewhere(): AppError {
  return new AppError(
    'invalid_request',
    'x-opencredits-key asks for pass-through, which is for Anthropic’s /v1/messages only. Nothing was billed. To pay with credits, send the key as X-User-Key.',
    { param: 'x-opencredits-key' },
  )
}

function hintAtBaseUrl(publicUrl: string, path: string, dialect: Wire['dialect']): RequestHandler {
  const baseUrl = dialect === 'anthropic' ? publicUrl : `${publicUrl}/v1`
  return (request, response, next) => {
    if (request.path !== `/v1${path}`) response.set('opencredits-hint', `use the base URL ${baseUrl}`)
    next()
  }
}
