import { randomInt } from 'node:crypto'
import { dayMs } from '../kernel/clock.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { ClaimedDelivery } from './claim-deliveries.ts'
import { skipPending } from './manage-endpoints.ts'
import type { Endpoint } from './own-endpoint.ts'
import type { PostOutcome } from './post-event.ts'
import { waitAfter } from './schedule.ts'
import { queueDisabledMails } from './tell-members.ts'
import { recordEndpointAct } from './webhook-actor.ts'

/** An event counts as failed from this attempt on, about 35 minutes after its first: a short outage disables nothing. */
export const countsFromAttempt = 4
export const failedEventsMax = 20
export const undeliveredMsMax = 3 * dayMs

export interface MadeAttempt {
  readonly delivery: ClaimedDelivery
  readonly outcome: PostOutcome
  readonly startedAtMs: number
  /** As they were sent. */
  readonly headers: Readonly<Record<string, string>>
}

/** `superseded`: somebody asked for it to be sent again meanwhile, so what becomes of it is not for this attempt to say. */
export type AttemptEnd = 'delivered' | 'retried' | 'given_up' | 'superseded'

export interface RecordedAttempt {
  readonly became: AttemptEnd
  /** Why the endpoint was disabled; null where it was not. */
  readonly disabled: DisabledReason | null
}

type DisabledReason = Exclude<Endpoint['disabled_reason'], null>

/**
 * Writes an attempt down, and what follows: delivered; tried again by the schedule; given up; or the endpoint disabled,
 * with mails to the app's members.
 */
export async function recordAttempt(
  transaction: DatabaseTransaction,
  made: MadeAttempt,
  nowMs: number,
): Promise<RecordedAttempt> {
  const { delivery, outcome } = made
  // First the endpoint, as whoever disables or deletes one: on PostgreSQL they would else wait for each other.
  const failing =
    outcome.error === null ? await noteSuccess(transaction, delivery.endpoint.id) : await noteFailure(transaction, made)
  const became = await move(transaction, made, nowMs)
  // Its endpoint was deleted meanwhile.
  if (became === null) return { became: 'superseded', disabled: null }
  await keep(transaction, made, nowMs)
  const disabled = failing === null ? null : await disableFailing(transaction, { endpoint: failing, outcome }, nowMs)
  return { became, disabled }
}

/**
 * Moves the delivery on, unless it was queued anew while the attempt was under way: then it stays queued. Null where it is
 * gone.
 */
async function move(transaction: DatabaseTransaction, made: MadeAttempt, nowMs: number): Promise<AttemptEnd | null> {
  const { delivery, outcome } = made
  const last = { last_status: outcome.status, last_error: outcome.error }
  const next = nextOf(made, nowMs)
  const { numUpdatedRows: moved } = await transaction
    .updateTable('webhook_deliveries')
    .set({ ...next, ...last })
    .where('id', '=', delivery.id)
    .where('attempts', '=', delivery.attempt)
    .where('attempts_in_round', '=', delivery.attemptInRound)
    .executeTakeFirstOrThrow()
  if (moved > 0n) return ends[next.state]
  const { numUpdatedRows: told } = await transaction
    .updateTable('webhook_deliveries')
    .set(last)
    .where('id', '=', delivery.id)
    .executeTakeFirstOrThrow()
  return told > 0n ? 'superseded' : null
}

const ends = { delivered: 'delivered', pending: 'retried', failed: 'given_up' } as const

async function keep(transaction: DatabaseTransaction, made: MadeAttempt, nowMs: number): Promise<void> {
  const { delivery, outcome, startedAtMs, headers } = made
  const { attempt, id } = delivery
  await transaction
    .insertInto('webhook_attempts')
    .values({
      ...{ id: `${id}_${attempt}`, delivery_id: id, attempt, at_ms: startedAtMs },
      ...{ status: outcome.status, error: outcome.error, took_ms: nowMs - startedAtMs },
      ...{ request_headers: JSON.stringify(headers), response_head: outcome.responseHead },
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

function nextOf({ delivery, outcome }: MadeAttempt, nowMs: number) {
  if (outcome.error === null) return { state: 'delivered' } as const
  const { attemptInRound } = delivery
  const random = randomInt(1_000_000) / 1_000_000
  const waitMs = waitAfter({ attemptInRound, retryAfterMs: outcome.retryAfterMs, random })
  return waitMs === null || outcome.status === gone
    ? ({ state: 'failed' } as const)
    : ({ state: 'pending', next_at_ms: nowMs + waitMs } as const)
}

/** 410: the endpoint says that it is no more. */
const gone = 410

async function noteSuccess(transaction: DatabaseTransaction, endpointId: string): Promise<null> {
  await transaction
    .updateTable('webhook_endpoints')
    .set({ consecutive_failures: 0, failing_since_ms: null })
    .where('id', '=', endpointId)
    .where((of) => of.or([of('consecutive_failures', '>', 0), of('failing_since_ms', 'is not', null)]))
    .execute()
  return null
}

async function noteFailure(
  transaction: DatabaseTransaction,
  { delivery, startedAtMs }: MadeAttempt,
): Promise<Endpoint | null> {
  const counted = delivery.attemptInRound === countsFromAttempt ? 1 : 0
  const endpoint = await transaction
    .updateTable('webhook_endpoints')
    .set((of) => ({
      consecutive_failures: of('consecutive_failures', '+', counted),
      failing_since_ms: of.fn.coalesce('failing_since_ms', of.val(startedAtMs)),
    }))
    .where('id', '=', delivery.endpoint.id)
    .returningAll()
    .executeTakeFirst()
  return endpoint ?? null
}

async function disableFailing(
  transaction: DatabaseTransaction,
  { endpoint, outcome }: { readonly endpoint: Endpoint; readonly outcome: PostOutcome },
  nowMs: number,
): Promise<DisabledReason | null> {
  // What was under way when it was disabled is not tried again.
  const reason = endpoint.state === 'enabled' ? reasonToDisable(endpoint, outcome, nowMs) : null
  if (reason !== null) await disable(transaction, { endpoint, reason }, nowMs)
  else if (endpoint.state === 'disabled') await skipPending(transaction, endpoint.id)
  return reason
}

function reasonToDisable(endpoint: Endpoint, { status }: PostOutcome, nowMs: number): DisabledReason | null {
  if (status === gone) return 'gone'
  if (endpoint.consecutive_failures >= failedEventsMax) return 'failed_events'
  const failingMs = nowMs - (endpoint.failing_since_ms ?? nowMs)
  return failingMs >= undeliveredMsMax ? 'nothing_delivered' : null
}

async function disable(
  transaction: DatabaseTransaction,
  { endpoint, reason }: { readonly endpoint: Endpoint; readonly reason: DisabledReason },
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable('webhook_endpoints')
    .set({ state: 'disabled', disabled_reason: reason })
    .where('id', '=', endpoint.id)
    .execute()
  await skipPending(transaction, endpoint.id)
  await queueDisabledMails(transaction, endpoint, nowMs)
  const by = { actor: { kind: 'system', id: null } } as const
  const after = { enabled: false, reason }
  const of = { endpointId: endpoint.id, partnerId: endpoint.partner_id }
  await recordEndpointAct(transaction, { by, action: 'disabled', ...of, after }, nowMs)
}
