import type { NextFunction, Request, Response } from 'express'
import { StripeApiError } from './stripe-error.ts'

export type StripeFailure = number | 'drop' | 'drop_after' | 'hang'

/** The next `count` API calls fail. */
export interface PlannedFailure {
  count: number
  /** A status · the connection is cut before, or after the work is done · no answer ever. */
  how: StripeFailure
  /** The failure happens while the call is worked on: Stripe keeps it under the idempotency key and repeats it. */
  isKept: boolean
}

/** Fails calls on purpose, before or behind the memory of idempotent answers. */
export function failAsPlanned(planned: PlannedFailure, place: 'before_memory' | 'behind_memory') {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (planned.count <= 0 || planned.isKept !== (place === 'behind_memory')) {
      next()
      return
    }
    planned.count -= 1
    const { how } = planned
    if (how === 'hang') return
    if (how === 'drop') {
      request.socket.destroy()
      return
    }
    if (how === 'drop_after') {
      // The work is done and kept under its key; the answer never arrives.
      response.json = () => {
        request.socket.destroy()
        return response
      }
      next()
      return
    }
    throw new StripeApiError(how, errorTypeOf(how), `The stand-in answers ${how}, as it was told.`, {
      ...(how === 429 ? { code: 'rate_limit' } : {}),
    })
  }
}

function errorTypeOf(status: number): string {
  if (status === 402) return 'card_error'
  return status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error'
}
