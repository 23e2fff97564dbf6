import { sql } from 'kysely'
import type { Logger } from 'pino'
import Stripe from 'stripe'
import { type Clock, dayMs } from '../../kernel/clock.ts'
import type { Database } from '../../store/open-database.ts'
import type { StripeClients } from './stripe-payments.ts'
import { receiveEvent } from './webhook-inbox.ts'

const batch = 20

/** As long as Stripe keeps events. */
const keptForMs = 30 * dayMs

/**
 * Takes parked events again, as Stripe has them now: what they speak of may have become known since. Each is tried after
 * as long again as it has waited, so that those that will never be known neither crowd out the others nor tire Stripe.
 */
export async function replayParkedEvents(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly stripe: StripeClients
}): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const parked = await deps.db
    .selectFrom('stripe_events')
    .select(['id', 'livemode'])
    .where('state', '=', 'parked')
    .where('received_at_ms', '>', nowMs - keptForMs)
    // `handled_at_ms` of a parked event is when it was last tried.
    .where(sql<number>`2 * coalesce(handled_at_ms, received_at_ms) - received_at_ms`, '<=', nowMs)
    .orderBy('received_at_ms')
    .limit(batch)
    .execute()
  for (const { id, livemode } of parked) {
    const isOfLiveWorld = livemode === 1
    const stripe = isOfLiveWorld ? deps.stripe.live : deps.stripe.test
    await markTried(deps.db, id, nowMs)
    // The operator has taken the test world's keys away since.
    if (stripe === null) continue
    try {
      const event = await stripe.events.retrieve(id)
      const outcome = await receiveEvent(deps.db, { event, isOfLiveWorld }, deps.clock.nowMs())
      if (outcome.state === 'handled')
        deps.logger.info({ eventId: id, outcome: outcome.text }, 'a parked event was handled')
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error
      deps.logger.warn({ eventId: id, reason: error.type }, 'a parked event could not be read at Stripe')
    }
  }
}

/** Before the try, so that one that always fails is put off as well. */
async function markTried(db: Database, eventId: string, nowMs: number): Promise<void> {
  await db
    .updateTable('stripe_events')
    .set({ handled_at_ms: nowMs })
    .where('id', '=', eventId)
    .where('state', '=', 'parked')
    .execute()
}
