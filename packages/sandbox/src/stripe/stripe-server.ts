import express, { type NextFunction, type Request, type Response } from 'express'
import { createControlRouter } from '../http/control-router.ts'
import { createPaymentPages } from '../pages/payment-pages.ts'
import { authenticate } from './authenticate.ts'
import { createEventRoutes } from './event-routes.ts'
import { failAsPlanned, type PlannedFailure } from './fail-as-planned.ts'
import { keepIdempotentAnswers } from './idempotency.ts'
import type { Bank } from './pay-session.ts'
import { createPaymentRoutes } from './payment-routes.ts'
import { createSessionRoutes } from './session-routes.ts'
import type { StripeControl } from './stripe-control.ts'
import { answerStripeError, StripeApiError } from './stripe-error.ts'

export interface StripeServerDeps {
  readonly bank: Bank
  readonly control: StripeControl
  readonly planned: PlannedFailure
  readonly secretKey: string
  readonly publishableKey: string
  /** Where browsers reach it. */
  readonly publicUrl: () => string
}

/** Stripe's API, as far as checkout needs it, its payment page and its script. */
export function createStripeServer(deps: StripeServerDeps) {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'extended')
  app.use(createControlRouter(deps.control))
  app.use(createPaymentPages(deps))
  app.use(
    ['/v1', '/v2'],
    express.text({ type: () => true, limit: '1mb' }),
    authenticate(deps.secretKey),
    failAsPlanned(deps.planned, 'before_memory'),
    keepIdempotentAnswers(),
    failAsPlanned(deps.planned, 'behind_memory'),
  )
  app.use('/v1', createSessionRoutes(deps), createPaymentRoutes(deps.bank), createEventRoutes(deps.bank.state))
  app.use((request: Request) => {
    throw new StripeApiError(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${request.method}: ${request.path}). This sandbox has a part of Stripe's API only.`,
    )
  })
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    answerStripeError(error, response),
  )
  return app
}
