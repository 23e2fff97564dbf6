import type { NextFunction, Request, Response } from 'express'
import { StripeApiError } from './stripe-error.ts'
import { apiVersion, stripeId } from './stripe-state.ts'

/** The secret key as Bearer or Basic credential, and the one API version that this stands in for. */
export function authenticate(secretKey: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.set({ 'request-id': stripeId('req'), 'stripe-version': apiVersion })
    const key = keyOf(request.get('authorization') ?? '')
    if (key !== secretKey) {
      response.set('www-authenticate', 'Basic realm="Stripe"')
      throw refuseKey(key)
    }
    const version = request.get('stripe-version')
    if (version !== undefined && version !== apiVersion)
      throw new StripeApiError(400, 'invalid_request_error', `This sandbox speaks ${apiVersion}, not ${version}.`)
    next()
  }
}

function keyOf(authorization: string): string {
  const [scheme = '', credential = ''] = authorization.split(/\s+/, 2)
  if (scheme.toLowerCase() === 'basic') return Buffer.from(credential, 'base64').toString().replace(/:.*$/s, '')
  return scheme.toLowerCase() === 'bearer' ? credential : ''
}

function refuseKey(key: string): StripeApiError {
  if (key === '') {
    return new StripeApiError(
      401,
      'invalid_request_error',
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  if (key.startsWith('pk_')) {
    const message = 'This API call cannot be made with a publishable API key. Please use a secret API key.'
    return new StripeApiError(403, 'invalid_request_error', message, { code: 'secret_key_required' })
  }
  return new StripeApiError(401, 'invalid_request_error', `Invalid API Key provided: ${masked(key)}`)
}

function masked(key: string): string {
  return key.length <= 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`
}
