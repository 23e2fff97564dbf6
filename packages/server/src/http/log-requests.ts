import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import { requestIdOf } from './request-id.ts'

/** One line a request: method, path without its query, status, duration. Never a header, a body or a key. */
export function logRequests(logger: Logger, clock: Clock): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = clock.nowMs()
    const { method, path } = request
    response.once('close', () => {
      logger.info(
        {
          requestId: requestIdOf(request),
          method,
          path: path.slice(0, 200),
          status: response.statusCode,
          durationMs: clock.nowMs() - startedAtMs,
          isWhole: response.writableFinished,
        },
        'request',
      )
    })
    next()
  }
}
