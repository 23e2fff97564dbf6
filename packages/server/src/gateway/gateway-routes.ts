import { type Request, type RequestHandler, type Response, Router } from 'express'
import { clientAddress } from '../http/client-address.ts'
import { aiBody } from '../http/read-json.ts'
import { AppError } from '../kernel/app-error.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { openaiChat } from '../wires/openai-chat/index.ts'
import { openaiEmbeddings } from '../wires/openai-embeddings/index.ts'
import { openaiResponses } from '../wires/openai-responses/index.ts'
import type { Wire } from '../wires/wire.ts'
import { choosePayer, type Payer } from './choose-payer.ts'
import { countTokens } from './count-tokens.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseWhileStopping } from './in-flight.ts'
import { servePaidRequest } from './serve-paid-request.ts'
import { servePassThrough } from './serve-pass-through.ts'

/** The metered endpoints. A base URL with `/v1` too many or too few is answered all the same, with a hint. */
export function createGatewayRouter(deps: GatewayDeps): Router {
  const router = Router()
  const route = (path: string, dialect: Wire['dialect'], serve: Serve) =>
    router.post(
      [`/v1${path}`, path, `/v1/v1${path}`],
      hintAtBaseUrl(deps.publicUrl, path, dialect),
      enter(deps),
      aiBody,
      (request, response) => serve(request, response, entered(response)),
    )
  for (const [path, wire] of [
    ['/chat/completions', openaiChat],
    ['/responses', openaiResponses],
    ['/messages', anthropicMessages],
    ['/embeddings', openaiEmbeddings],
  ] as const) {
    route(path, wire.dialect, (request, response, { payer, key }) => {
      if (payer.billedTo === 'credits') return servePaidRequest(deps, wire, key, request, response)
      if (wire.endpoint !== 'messages') throw passThroughElsewhere()
      return servePassThrough(deps, '/v1/messages', key, request, response)
    })
  }
  route('/messages/count_tokens', 'anthropic', (request, response, { payer, key }) =>
    payer.billedTo === 'credits'
      ? countTokens(deps, key, request, response)
      : servePassThrough(deps, '/v1/messages/count_tokens', key, request, response),
  )
  return router
}

interface Entered {
  readonly payer: Payer
  readonly key: AuthenticatedKey
}

type Serve = (request: Request, response: Response, entered: Entered) => Promise<void>

/** Everything that can be refused by the headers is refused by them: before a body is read and a credit is held. */
function enter(deps: GatewayDeps): RequestHandler {
  return async (request, response, next) => {
    refuseWhileStopping(deps.inFlight)
    await deps.limits.takeAddress(clientAddress(request))
    const payer = choosePayer(request.headers)
    const key =
      payer.billedTo === 'credits'
        ? await deps.authenticator.requireUserKey(request)
        : await deps.authenticator.authenticateUserKey(payer.key)
    await deps.limits.takeKey(key, response)
    response.locals.entered = { payer, key } satisfies Entered
    next()
  }
}

function entered(response: Response): Entered {
  return response.locals.entered as Entered
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
