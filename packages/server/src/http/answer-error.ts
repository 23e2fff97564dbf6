import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { AppError } from '../kernel/app-error.ts'
import { answerObject } from './answer.ts'
import { discardRest } from './discard-rest.ts'
import { dialectOf, formatError } from './error-dialect.ts'
import { requestIdOf } from './request-id.ts'

/** Express' last handler. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => answerFailure(logger, error, request, response)
}

/** Every error becomes the contract's, an unknown one a 500 without detail. */
export function answerFailure(
  logger: Logger,
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const known = asAppError(error)
  if (known.status >= 500) {
    logger.error({ requestId: requestIdOf(request), code: known.code, error: describeForLog(error) }, 'request failed')
  }
  answerError(known, request, response)
}

/** Writes an error answer; where the answer has already begun, the connection is cut so that nobody takes it for whole. */
function answerError(error: AppError, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (!request.complete) {
    if (error.headers.connection === 'close') request.socket.pause()
    else discardRest(request, response)
  }
  const body = formatError(error, dialectOf(request), requestIdOf(request))
  answerObject(response, error.status, error.headers, body)
}

/** Unknown routes are closed. */
export const answerNotFound: RequestHandler = (request, _response, next) => {
  next(new AppError('not_found', `There is no ${request.method} ${request.path}. The API reference is at /docs.`))
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return (
    fromRouter(error) ??
    new AppError(
      'internal_error',
      'Something went wrong on our side. Try again; if it stays, tell us the request id.',
      { cause: error },
    )
  )
}

/** Express' router throws errors of its own, such as for a path that cannot be decoded. */
function fromRouter(error: unknown): AppError | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null
  return error.status >= 400 && error.status < 500
    ? new AppError('invalid_request', 'The request is malformed.', { cause: error })
    : null
}

/** An error's own words may quote what the user sent; its kind and place are enough to find the fault. */
export function describeForLog(error: unknown): { readonly name: string; readonly stack: string } {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const name = error.cause instanceof Error ? `${error.name} (${kindOf(error.cause)})` : error.name
  return { name, stack: frames.slice(0, 8).join('\n') }
}

/** With the code of whoever threw it: PostgreSQL's, SQLite's, the system's. */
function kindOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name
}
