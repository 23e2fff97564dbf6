import { type Request, type Response, Router } from 'express'
import { aiBody } from '../http/read-json.ts'
import { anthropicMessages } from '../wires/anthropic-messages/index.ts'
import { openaiChat } from '../wires/openai-chat/index.ts'
import type { Wire } from '../wires/wire.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { createKeyRates } from './key-rates.ts'
import { servePaidRequest } from './serve-paid-request.ts'

/** The metered endpoints. A base URL with `/v1` too many or too few is answered all the same, with a hint. */
export function createGatewayRouter(deps: GatewayDeps): Router {
  const router = Router()
  const paid = { ...deps, keyRates: createKeyRates() }
  const serve = (wire: Wire) => (request: Request, response: Response) =>
    servePaidRequest(paid, wire, request, response)
  for (const [path, wire] of [
    ['/chat/completions', openaiChat],
    ['/messages', anthropicMessages],
  ] as const) {
    router.post([`/v1${path}`, path, `/v1/v1${path}`], hintAtBaseUrl(deps.publicUrl, wire), aiBody, serve(wire))
  }
  return router
}

function hintAtBaseUrl(publicUrl: string, wire: Wire) {
  const baseUrl = wire.dialect === 'anthropic' ? publicUrl : `${publicUrl}/v1`
  return (request: Request, response: Response, next: () => void) => {
    if (!/^\/v1\/(chat|messages)/.test(request.path)) response.set('opencredits-hint', `use the base URL ${baseUrl}`)
    next()
  }
}
