import type { RequestListener } from 'node:http'
import { answerObject } from './http/answer.ts'
import { dialectOf, formatError } from './http/error-dialect.ts'
import { assignRequestId, requestIdOf } from './http/request-id.ts'
import { createSecurityHeaders } from './http/security-headers.ts'
import { AppError } from './kernel/app-error.ts'

/** Whoever comes before the store is ready is told to come again; a request that nobody answers would hang. */
export function createNotYetListener(publicUrl: string | null): RequestListener {
  const setSecurityHeaders = createSecurityHeaders(publicUrl ?? 'http://localhost')
  return (request, response) => {
    assignRequestId(request, response)
    setSecurityHeaders(response)
    response.setHeader('connection', 'close')
    const error = new AppError('overloaded', 'The server is starting. Try again in a moment.', { retryAfterSeconds: 1 })
    const body = formatError(error, dialectOf(request), requestIdOf(request))
    answerObject(response, error.status, error.headers, body)
  }
}
