import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Wire } from '../wires/wire.ts'

/**
 * Lists what a client switched on and the provider was not asked for. It is set before anything can fail, so that
 * streams and refusals carry it too.
 */
export function sayIgnoredBetas(wire: Wire, request: IncomingMessage, response: ServerResponse): void {
  const ignored = wire.ignoredBetas(request.headers)
  if (ignored.length > 0) response.setHeader('opencredits-ignored-betas', ignored.join(','))
}
