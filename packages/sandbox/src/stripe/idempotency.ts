import { createHash } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { StripeApiError } from './stripe-error.ts'

interface Kept {
  readonly bodyHash: string
  /** Null while the first request with the key is still running. */
  answer: { readonly status: number; readonly body: unknown } | null
}

const keyLengthMax = 255

/**
 * As at Stripe: the same key and parameters give the stored answer again, a 500 too; other parameters, or one that is
 * still running, are refused. What was refused for its form is not kept. https://docs.stripe.com/api/idempotent_requests
 */
export function keepIdempotentAnswers() {
  const kept = new Map<string, Kept>()
  return (request: Request, response: Response, next: NextFunction): void => {
    const key = request.get('idempotency-key')
    if (request.method !== 'POST' || key === undefined) {
      next()
      return
    }
    if (key.length > keyLengthMax)
      throw new StripeApiError(400, 'invalid_request_error', `Idempotency keys are up to ${keyLengthMax} characters.`)
    const bodyHash = createHash('sha256')
      .update(`${request.path}\n${String(request.body)}`)
      .digest('hex')
    const known = kept.get(key)
    if (known !== undefined) {
      replay(response, known, { key, bodyHash })
      return
    }
    const entry: Kept = { bodyHash, answer: null }
    kept.set(key, entry)
    keepAnswer(response, entry, () => kept.delete(key))
    next()
  }
}

function replay(response: Response, known: Kept, asked: { readonly key: string; readonly bodyHash: string }): void {
  if (known.bodyHash !== asked.bodyHash) {
    throw new StripeApiError(
      400,
      'idempotency_error',
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${asked.key}' if you meant to execute a different request.`,
    )
  }
  if (known.answer === null) {
    throw new StripeApiError(
      409,
      'idempotency_error',
      'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through).',
      { code: 'idempotency_key_in_use' },
    )
  }
  response.set('idempotent-replayed', 'true').status(known.answer.status).json(known.answer.body)
}

function keepAnswer(response: Response, entry: Kept, forget: () => void): void {
  const json = response.json.bind(response)
  response.json = (body: unknown) => {
    const { statusCode: status } = response
    if (status >= 400 && status < 500) forget()
    else entry.answer = { status, body: structuredClone(body) }
    return json(body)
  }
  response.once('close', () => {
    if (entry.answer === null) forget()
  })
}
