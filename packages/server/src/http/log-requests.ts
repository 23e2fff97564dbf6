import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import { requestIdOf } from './request-id.ts'

/** One line a request: method, path without its query, status, duration. Never a header, a body or a key. */
export function logRequests(logger: Logger, clock: Clock) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (!logger.isLevelEnabled('info')) return
    const startedAtMs = clock.nowMs()
    const { method } = request
    const path = pathOf(request).slice(0, 200)
    response.once('close', () => {
      logger.info(
        {
          requestId: requestIdOf(request),
          method,
          path,
          status: response.statusCode,
          durationMs: clock.nowMs() - startedAtMs,
          isWhole: response.writableFinished,
        },
        'request',
      )
    })
  }
}

/** What was asked for, without the query. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
