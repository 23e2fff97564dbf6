import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { answerFailure } from './answer-error.ts'
import { exposeToAnyOrigin } from './cors.ts'
import { pathOf } from './log-requests.ts'

/** What happens to every request before it is answered. */
export type Welcome = (request: IncomingMessage, response: ServerResponse, endpoint?: string) => void

export type Answerer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Routes that are reached without a router's search: `POST` to exactly these paths, with a body that is not compressed.
 * @returns a function that tells whether it has taken the request.
 */
export function createDirectRoutes(
  deps: { readonly logger: Logger; readonly welcome: Welcome },
  routes: ReadonlyMap<string, Answerer>,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method !== 'POST' || isCompressed(request)) return false
    const path = pathOf(request)
    const answerer = routes.get(path)
    if (answerer === undefined) return false
    deps.welcome(request, response, path)
    exposeToAnyOrigin(response)
    answerer(request, response).catch((error: unknown) => answerFailure(deps.logger, error, request, response))
    return true
  }
}

function isCompressed({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding']
  return encoding !== undefined && encoding !== 'identity'
}
