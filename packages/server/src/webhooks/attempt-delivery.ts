import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { ClaimedDelivery } from './claim-deliveries.ts'
import { type EventPoster, postHeaders } from './post-event.ts'
import { type AttemptEnd, recordAttempt } from './record-attempt.ts'
import { renderEvent } from './render-event.ts'
import { signEvent } from './sign-event.ts'
import { openSecrets } from './webhook-secret.ts'

export interface AttemptDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly pepper: Pepper
  readonly eventPoster: EventPoster
  readonly onDelivery: OnDelivery
}

/** Told when it is written what became of a delivery by an attempt; `skipped`: its endpoint was disabled before it. */
export type OnDelivery = (outcome: AttemptEnd | 'skipped') => void

/** Makes one attempt and writes down what came of it. An endpoint that was disabled meanwhile gets nothing. */
export async function attemptDelivery(deps: AttemptDeps, delivery: ClaimedDelivery): Promise<void> {
  const { db, clock, logger, pepper, eventPoster, onDelivery } = deps
  const { event, endpoint } = delivery
  if (endpoint.state === 'disabled') {
    await db.updateTable('webhook_deliveries').set({ state: 'skipped' }).where('id', '=', delivery.id).execute()
    onDelivery('skipped')
    return
  }
  const startedAtMs = clock.nowMs()
  const body = JSON.stringify(renderEvent(pepper, event))
  const secrets = openSecrets(pepper, endpoint, startedAtMs)
  const headers = { ...postHeaders, ...signEvent({ id: event.id, body, secrets }, startedAtMs) }
  const outcome = await eventPoster.post({ url: endpoint.url, headers, body })
  const made = { delivery, outcome, startedAtMs, headers }
  const { disabled, became } = await transact(db, (transaction) => recordAttempt(transaction, made, clock.nowMs()))
  onDelivery(became)
  if (outcome.error !== null)
    logger.info(
      { delivery: delivery.id, attempt: delivery.attempt, status: outcome.status, reason: outcome.error },
      'a webhook failed',
    )
  if (disabled !== null) logger.warn({ endpoint: endpoint.id, reason: disabled }, 'a webhook endpoint was disabled')
}
