import type { Logger } from 'pino'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { ClaimedDelivery } from './claim-deliveries.ts'
import type { EventPoster } from './post-event.ts'
import { recordAttempt } from './record-attempt.ts'
import { renderEvent } from './render-event.ts'
import { signEvent } from './sign-event.ts'
import { openSecrets } from './webhook-secret.ts'

export interface AttemptDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly pepper: Pepper
  readonly eventPoster: EventPoster
}

/** Makes one attempt and writes down what came of it. An endpoint that was disabled meanwhile gets nothing. */
export async function attemptDelivery(deps: AttemptDeps, delivery: ClaimedDelivery): Promise<void> {
  const { db, clock, logger, pepper, eventPoster } = deps
  const { event, endpoint } = delivery
  if (endpoint.state === 'disabled') {
    await db.updateTable('webhook_deliveries').set({ state: 'skipped' }).where('id', '=', delivery.id).execute()
    return
  }
  const startedAtMs = clock.nowMs()
  const body = JSON.stringify(renderEvent(pepper, event))
  const secrets = openSecrets(pepper, endpoint, startedAtMs)
  const headers = signEvent({ id: event.id, body, secrets }, startedAtMs)
  const outcome = await eventPoster.post({ url: endpoint.url, headers, body })
  const made = { delivery, outcome, startedAtMs }
  const disabled = await transact(db, (transaction) => recordAttempt(transaction, made, clock.nowMs()))
  if (outcome.error !== null)
    logger.info(
      { delivery: delivery.id, attempt: delivery.attempt, status: outcome.status, reason: outcome.error },
      'a webhook failed',
    )
  if (disabled !== null) logger.warn({ endpoint: endpoint.id, reason: disabled }, 'a webhook endpoint was disabled')
}
