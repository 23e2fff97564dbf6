import express, { Router } from 'express'
import type { Logger } from 'pino'
import type Stripe from 'stripe'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../store/open-database.ts'
import type { EventOutcome } from './handle-event.ts'
import { verifyEvent } from './verify-event.ts'
import { receiveEvent } from './webhook-inbox.ts'

export interface WebhookDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly stripe: Stripe
  readonly webhookSecrets: readonly string[]
  /** Told of each event that was taken in. */
  readonly onStripeEvent?: (type: string, outcome: EventOutcome) => void
}

/**
 * `POST /webhooks/stripe`: the only way in for money. The raw body is what is signed, so no parser comes first. What is
 * parked is answered with 409, so that Stripe tries again as we do ourselves.
 */
export function createStripeWebhookRouter(deps: WebhookDeps): Router {
  const router = Router()
  router.post('/webhooks/stripe', express.raw({ type: () => true, limit: '1mb' }), async (request, response) => {
    const body: unknown = request.body
    const nowMs = deps.clock.nowMs()
    const event = verifyEvent(
      deps.stripe,
      Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      request.get('stripe-signature'),
      deps.webhookSecrets,
      nowMs,
    )
    const outcome = await receiveEvent(deps.db, event, nowMs)
    const line = { eventId: event.id, type: event.type, state: outcome.state, outcome: outcome.text }
    if (outcome.isAlarming) deps.logger.error(line, 'a Stripe event needs attention')
    else deps.logger.info(line, 'Stripe event')
    deps.onStripeEvent?.(event.type, outcome)
    response.status(outcome.state === 'parked' ? 409 : 200).json({ received: outcome.state === 'handled' })
  })
  return router
}
