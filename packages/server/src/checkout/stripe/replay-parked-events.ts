import type { Logger } from 'pino'
import Stripe from 'stripe'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../store/open-database.ts'
import { receiveEvent } from './webhook-inbox.ts'

const batch = 20

/** Takes parked events again, as Stripe has them now: what they speak of may have become known since. */
export async function replayParkedEvents(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly stripe: Stripe
}): Promise<void> {
  const parked = await deps.db
    .selectFrom('stripe_events')
    .select('id')
    .where('state', '=', 'parked')
    .orderBy('received_at_ms')
    .limit(batch)
    .execute()
  for (const { id } of parked) {
    try {
      const outcome = await receiveEvent(deps.db, await deps.stripe.events.retrieve(id), deps.clock.nowMs())
      if (outcome.state === 'handled')
        deps.logger.info({ eventId: id, outcome: outcome.text }, 'a parked event was handled')
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error
      deps.logger.warn({ eventId: id, reason: error.type }, 'a parked event could not be read at Stripe')
    }
  }
}
