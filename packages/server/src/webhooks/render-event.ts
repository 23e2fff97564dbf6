import type { Pepper } from '../keys/pepper.ts'
import { partnerUserId } from '../partners/partner-user.ts'
import type { Row } from '../store/schema.ts'

/** What a partner reads of an event: the body of the webhook, and an entry of the list. */
export interface RenderedEvent {
  readonly type: string
  /** ISO 8601: when it happened. */
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

type EventRow = Pick<Row<'webhook_events'>, 'partner_id' | 'livemode' | 'type' | 'user_id' | 'data' | 'created_at_ms'>

/** The same at every attempt. A user is named by the pseudonym that only this partner knows. */
export function renderEvent(pepper: Pick<Pepper, 'hash'>, row: EventRow): RenderedEvent {
  const data: Readonly<Record<string, unknown>> = JSON.parse(row.data)
  const user = row.user_id === null ? {} : { user: partnerUserId(pepper, row.partner_id, row.user_id) }
  return {
    type: row.type,
    timestamp: new Date(row.created_at_ms).toISOString(),
    data: { livemode: row.livemode === 1, ...user, ...data },
  }
}
