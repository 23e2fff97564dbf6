import type { IncomingMessage, ServerResponse } from 'node:http'
import { pathOf } from './log-requests.ts'

export type Answerer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A route that is reached without a router's search. */
export interface DirectRoute {
  readonly path: string
  readonly answer: Answerer
}

/** Finds who answers a `POST` to exactly one of these paths. */
export function createDirectRoutes(
  routes: readonly DirectRoute[],
): (request: IncomingMessage) => DirectRoute | undefined {
  const byPath = new Map(routes.map((route) => [route.path, route]))
  return (request) => (request.method === 'POST' ? byPath.get(pathOf(request)) : undefined)
}
