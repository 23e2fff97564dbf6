import { createHash } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { StripeApiError } from './stripe-error.ts'

interface Kept {
  readonly bodyHash: string
  answer: { readonly status: number; readonly body: unknown } | null
}

/** As at Stripe: the same key and parameters give the stored answer again; other parameters, or one still running, are refused. */
export function keepIdempotentAnswers() {
  const kept = new Map<string, Kept>()
  return (request: Request, response: Response, next: NextFunction): void => {
    const key = request.get('idempotency-key')
    if (request.method !== 'POST' || key === undefined) {
      next()
      return
    }
    const bodyHash = createHash('sha256')
      .update(`${request.path}\n${String(request.body)}`)
      .digest('hex')
    const known = kept.get(key)
    if (known !== undefined && known.bodyHash !== bodyHash) {
      throw new StripeApiError(
        400,
        'idempotency_error',
        'Keys for idempotent requests can only be used with the same parameters.',
      )
    }
    if (known !== undefined && known.answer === null)
      throw new StripeApiError(409, 'idempotency_error', 'A request with this key is in progress.')
    if (known?.answer) {
      response.set('idempotent-replayed', 'true').status(known.answer.status).json(known.answer.body)
      return
    }
    const entry: Kept = { bodyHash, answer: null }
    kept.set(key, entry)
    const json = response.json.bind(response)
    response.json = (body: unknown) => {
      // A request that was refused for its form may be sent again, mended.
      if (response.statusCode < 400 || response.statusCode >= 500) entry.answer = { status: response.statusCode, body }
      else kept.delete(key)
      return json(body)
    }
    response.once('close', () => {
      if (entry.answer === null) kept.delete(key)
    })
    next()
  }
}
