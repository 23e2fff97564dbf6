import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { WebhookEventData, WebhookEventType } from './event-data.ts'

export interface NewWebhookEvent<Type extends WebhookEventType> {
  readonly type: Type
  readonly partnerId: string
  /** Whom it is about; the partner is told a pseudonym. */
  readonly userId: string | null
  /** What made it, such as `consent:con_…`: the event's id derives from it, so that a replay writes nothing. */
  readonly cause: string
  readonly data: WebhookEventData<Type>
  /** Only for this endpoint; default: all of the partner that take the type. */
  readonly endpointId?: string
}

/**
 * Writes an event and its deliveries in the transaction of the cause, so that neither is there without the other. For a
 * partner without an endpoint it writes nothing. What a disabled endpoint misses is kept as skipped, to be replayed.
 * @returns the event's id; null where nothing was written
 */
export async function recordEvent<Type extends WebhookEventType>(
  transaction: DatabaseTransaction,
  event: NewWebhookEvent<Type>,
  nowMs: number,
): Promise<string | null> {
  const { type, partnerId, userId, cause, data } = event
  const id = eventIdOf(type, partnerId, cause)
  const { rows } = await sql`
    insert into webhook_events (id, partner_id, livemode, type, user_id, data, created_at_ms)
    select cast(${id} as text), id, livemode, cast(${type} as text), cast(${userId} as text),
      cast(${JSON.stringify(data)} as text), cast(${nowMs} as bigint)
    from partners where id = ${partnerId}
      and exists (select 1 from webhook_endpoints where partner_id = ${partnerId})
    on conflict (id) do nothing returning id`.execute(transaction)
  if (rows.length === 0) return null
  const takesType = sql`(events is null or events like ${`%"${type}"%`})`
  await sql`
    insert into webhook_deliveries (id, event_id, endpoint_id, partner_id, state, next_at_ms, created_at_ms)
    select ${`whd_${id.slice('evt_'.length)}_`} || substr(id, 5), cast(${id} as text), id, partner_id,
      case state when 'enabled' then 'pending' else 'skipped' end, cast(${nowMs} as bigint), cast(${nowMs} as bigint)
    from webhook_endpoints where partner_id = ${partnerId}
      and ${event.endpointId === undefined ? takesType : sql`id = ${event.endpointId}`}`.execute(transaction)
  return id
}

/** No full stop in it: it is signed between full stops. */
function eventIdOf(type: WebhookEventType, partnerId: string, cause: string): string {
  const digest = createHash('sha256').update(`${type}\0${partnerId}\0${cause}`).digest('hex')
  return `evt_${digest.slice(0, 32)}`
}
