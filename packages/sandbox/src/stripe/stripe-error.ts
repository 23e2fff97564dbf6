import type { Response } from 'express'

/** An error as Stripe's API answers it. */
export class StripeApiError extends Error {
  readonly status: number
  readonly body: { readonly error: Readonly<Record<string, unknown>> }
  constructor(
    status: number,
    type: string,
    message: string,
    details: { readonly param?: string; readonly code?: string } = {},
  ) {
    super(message)
    this.status = status
    const docUrl =
      details.code === undefined ? {} : { doc_url: `https://docs.stripe.com/error-codes/${dashed(details.code)}` }
    this.body = { error: { type, message, ...details, ...docUrl } }
  }
}

export function invalid(message: string, param: string, code?: string): StripeApiError {
  return new StripeApiError(400, 'invalid_request_error', message, { param, ...(code === undefined ? {} : { code }) })
}

export function missingParameter(param: string): StripeApiError {
  return invalid(`Missing required param: ${param}.`, param, 'parameter_missing')
}

export function missingObject(kind: string, id: string, param = 'id'): StripeApiError {
  return new StripeApiError(404, 'invalid_request_error', `No such ${kind}: '${id}'`, {
    code: 'resource_missing',
    param,
  })
}

export function answerStripeError(error: unknown, response: Response): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const known =
    error instanceof StripeApiError
      ? error
      : isBadBody(error)
        ? new StripeApiError(400, 'invalid_request_error', 'The request body could not be read.')
        : new StripeApiError(500, 'api_error', 'The stand-in failed.')
  response.status(known.status).json(known.body)
}

/** Express's own errors for bodies that are too large or cut short. */
function isBadBody(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
}

function dashed(code: string): string {
  return code.replaceAll('_', '-')
}
