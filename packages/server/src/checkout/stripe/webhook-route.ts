import { type Request, Router } from 'express'
import type { Logger } from 'pino'
import { addressBlock } from '../../http/address-block.ts'
import type { ClientAddress } from '../../http/client-address.ts'
import type { Door } from '../../http/door.ts'
import type { ReadBody } from '../../http/read-body.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../store/open-database.ts'
import type { EventOutcome, WorldEvent } from './handle-event.ts'
import type { StripeClients } from './stripe-payments.ts'
import { verifyEvent, type WebhookSecrets } from './verify-event.ts'
import { receiveEvent } from './webhook-inbox.ts'

export interface WebhookDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly stripe: StripeClients
  readonly webhookSecrets: WebhookSecrets
  readonly readBody: ReadBody
  readonly clientAddress: ClientAddress
  readonly door: Door
  /** Told of each event that was taken in. */
  readonly onStripeEvent?: (type: string, outcome: EventOutcome) => void
}

/**
 * `POST /webhooks/stripe`: the only way in for money. The raw body is what is signed, so no parser comes first. What is
 * parked is answered with 409, so that Stripe tries again as we do ourselves. What Stripe has signed is never throttled.
 */
export function createStripeWebhookRouter(deps: WebhookDeps): Router {
  const router = Router()
  router.post('/webhooks/stripe', async (request, response) => {
    const nowMs = deps.clock.nowMs()
    const received = await readEvent(deps, request, nowMs)
    const { event, isOfLiveWorld } = received
    const outcome = await receiveEvent(deps.db, received, nowMs)
    const line = {
      livemode: isOfLiveWorld,
      eventId: event.id,
      type: event.type,
      state: outcome.state,
      outcome: outcome.text,
    }
    if (outcome.isAlarming) deps.logger.error(line, 'a Stripe event needs attention')
    else deps.logger.info(line, 'Stripe event')
    deps.onStripeEvent?.(event.type, outcome)
    response.status(outcome.state === 'parked' ? 409 : 200).json({ received: outcome.state === 'handled' })
  })
  return router
}

const eventBytesMax = 1024 * 1024

async function readEvent(deps: WebhookDeps, request: Request, nowMs: number): Promise<WorldEvent> {
  const owner = addressBlock(deps.clientAddress(request))
  try {
    const body = await deps.readBody(request, { bytesMax: eventBytesMax, owner: { name: owner, isPaying: false } })
    const bytes = body.take()
    body.release()
    const signed = { body: bytes, signature: request.get('stripe-signature') }
    return verifyEvent(deps.stripe.live, signed, deps.webhookSecrets, nowMs)
  } catch (error) {
    if (error instanceof AppError && !isOurs(error)) await deps.door.countForged(request)
    throw error
  }
}

/** Too many bodies at once is nothing that the sender has done. */
function isOurs({ code }: AppError): boolean {
  return code === 'overloaded' || code === 'rate_limited'
}
