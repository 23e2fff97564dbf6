import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { recordEvent } from '../webhook-events/record-event.ts'
import { type Endpoint, lockOwnEndpoint, type OwnEndpoint } from './own-endpoint.ts'
import { recordEndpointAct, type WebhookActor } from './webhook-actor.ts'

/** So that one request does not hold the store for long; what is left is replayed by another one. */
export const replayMax = 10_000

/**
 * Sends a test to one endpoint, whichever types it takes.
 * @throws AppError 404 for another partner's endpoint, 409 for a disabled one.
 * @returns the event's id
 */
export async function pingEndpoint(transaction: DatabaseTransaction, of: OwnEndpoint, nowMs: number): Promise<string> {
  const { endpointId, partnerId } = of
  requireEnabled(await lockOwnEndpoint(transaction, of))
  const data = { endpoint_id: endpointId }
  const event = { type: 'ping', partnerId, userId: null, cause: newId('act'), data, endpointId } as const
  const eventId = await recordEvent(transaction, event, nowMs)
  if (eventId === null) throw new AppError('internal_error', 'The test was not written.')
  return eventId
}

/**
 * Sends one delivery again, now, with a schedule of its own; one that was delivered, too.
 * @throws AppError 404 for another partner's delivery, 409 where its endpoint is disabled.
 */
export async function retryDelivery(
  transaction: DatabaseTransaction,
  { deliveryId, partnerId }: { readonly deliveryId: string; readonly partnerId: string },
  nowMs: number,
): Promise<void> {
  const delivery = await transaction
    .selectFrom('webhook_deliveries')
    .select('endpoint_id')
    .where('id', '=', deliveryId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
  if (delivery === undefined) throw new AppError('not_found', `There is no webhook delivery ${deliveryId}.`)
  requireEnabled(await lockOwnEndpoint(transaction, { endpointId: delivery.endpoint_id, partnerId }))
  await transaction
    .updateTable('webhook_deliveries')
    .set({ state: 'pending', attempts_in_round: 0, next_at_ms: nowMs })
    .where('id', '=', deliveryId)
    .execute()
}

export interface Replay extends OwnEndpoint {
  readonly sinceMs: number
  readonly by: WebhookActor
}

/**
 * Sends again what an endpoint has missed since then, failed or skipped, the oldest first.
 * @throws AppError 404 for another partner's endpoint, 409 for a disabled one.
 * @returns how many, at most `replayMax`
 */
export async function replayMissed(transaction: DatabaseTransaction, replay: Replay, nowMs: number): Promise<number> {
  const { endpointId, partnerId, sinceMs, by } = replay
  requireEnabled(await lockOwnEndpoint(transaction, replay))
  const missed = transaction
    .selectFrom('webhook_deliveries')
    .select('id')
    .where('endpoint_id', '=', endpointId)
    .where('state', 'in', ['failed', 'skipped'])
    .where('created_at_ms', '>=', sinceMs)
    .orderBy('created_at_ms')
    .orderBy('id')
    .limit(replayMax)
  const { numUpdatedRows } = await transaction
    .updateTable('webhook_deliveries')
    .set({ state: 'pending', attempts_in_round: 0, next_at_ms: nowMs })
    .where('id', 'in', missed)
    .executeTakeFirstOrThrow()
  const replayed = Number(numUpdatedRows)
  await recordEndpointAct(transaction, { by, action: 'replayed', endpointId, partnerId, after: { replayed } }, nowMs)
  return replayed
}

function requireEnabled({ id, state }: Endpoint): void {
  if (state === 'enabled') return
  throw new AppError('conflict', `${id} is disabled. Enable it first, then send again what it has missed.`)
}
