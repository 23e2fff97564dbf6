import type { Response } from 'express'

/** An error as Stripe's API answers it. */
export class StripeApiError extends Error {
  readonly status: number
  readonly body: { readonly error: Record<string, unknown> }
  constructor(
    status: number,
    type: string,
    message: string,
    details: { readonly param?: string; readonly code?: string } = {},
  ) {
    super(message)
    this.status = status
    this.body = { error: { type, message, ...details } }
  }
}

export function invalid(message: string, param: string, code = 'parameter_invalid'): StripeApiError {
  return new StripeApiError(400, 'invalid_request_error', message, { param, code })
}

export function answerStripeError(error: unknown, response: Response): void {
  const known = error instanceof StripeApiError ? error : new StripeApiError(500, 'api_error', 'The stand-in failed.')
  response.status(known.status).json(known.body)
}
