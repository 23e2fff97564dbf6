import { sql } from 'kysely'
import { z } from 'zod'
import type { Pepper } from '../keys/pepper.ts'
import { type ListCursor, pageOf } from '../lists/cursor.ts'
import { limitQuery } from '../lists/page-query.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { webhookEventTypes } from '../webhook-events/event-data.ts'
import { renderEvent } from './render-event.ts'

export const eventsQuerySchema = z.object({ ...limitQuery, type: z.enum(webhookEventTypes).optional() })

export interface EventsPage {
  readonly type?: string | undefined
  readonly after: ListCursor | null
  readonly limit: number
}

/** What happened in a partner's app, newest first, with the bodies that were or will be sent. */
export async function listEvents(
  { db, pepper }: { readonly db: DatabaseReader; readonly pepper: Pick<Pepper, 'hash'> },
  partnerId: string,
  page: EventsPage,
) {
  const rows = await eventsOf(db, partnerId, page).execute()
  return pageOf(rows, page.limit, {
    cursor: (row: Row<'webhook_events'>) => ({ atMs: row.created_at_ms, id: row.id }),
    entry: (row) => ({ id: row.id, ...renderEvent(pepper, row) }),
  })
}

export function eventsOf(db: DatabaseReader, partnerId: string, { type, after, limit }: EventsPage) {
  return db
    .selectFrom('webhook_events')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .$if(type !== undefined, (query) => query.where('type', '=', type ?? ''))
    .$if(after !== null, (query) => query.where(sql<boolean>`(created_at_ms, id) < (${after?.atMs}, ${after?.id})`))
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
}
