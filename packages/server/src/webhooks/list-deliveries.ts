import type { WebhookDelivery, WebhookDeliveryStory } from '@opencredits/protocol'
import { sql } from 'kysely'
import { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'
import type { Pepper } from '../keys/pepper.ts'
import { type ListCursor, pageOf } from '../lists/cursor.ts'
import { secondsOf } from '../lists/formats.ts'
import { limitQuery } from '../lists/page-query.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { findOwnEndpoint } from './own-endpoint.ts'
import { renderEvent } from './render-event.ts'

type Delivery = Row<'webhook_deliveries'>

const states = ['pending', 'delivered', 'failed', 'skipped'] as const satisfies readonly Delivery['state'][]

export const deliveriesQuerySchema = z.object({
  ...limitQuery,
  endpoint: z.string().max(100).optional().describe('whe_…'),
  state: z.enum(states).optional(),
})

export interface DeliveriesPage {
  readonly endpoint?: string | undefined
  readonly state?: Delivery['state'] | undefined
  readonly after: ListCursor | null
  readonly limit: number
}

/**
 * A partner's deliveries, newest first, each with its attempts of the last 30 days.
 * @throws AppError 404 for another partner's endpoint.
 */
export async function listDeliveries(db: DatabaseReader, partnerId: string, page: DeliveriesPage) {
  if (page.endpoint !== undefined) await findOwnEndpoint(db, { endpointId: page.endpoint, partnerId })
  const rows = await deliveriesOf(db, partnerId, page).execute()
  const listed = await describeDeliveries(db, rows)
  return pageOf(listed, page.limit, {
    cursor: ({ row }) => ({ atMs: row.created_at_ms, id: row.id }),
    entry: ({ entry }) => entry,
  })
}

/** An endpoint that is named has been found to be the partner's. */
export function deliveriesOf(db: DatabaseReader, partnerId: string, page: DeliveriesPage) {
  const { endpoint, state, after } = page
  return db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where(endpoint === undefined ? 'partner_id' : 'endpoint_id', '=', endpoint ?? partnerId)
    .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'pending'))
    .$if(after !== null, (query) => query.where(sql<boolean>`(created_at_ms, id) < (${after?.atMs}, ${after?.id})`))
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
}

interface Described {
  readonly row: Delivery
  readonly entry: WebhookDelivery
}

async function describeDeliveries(db: DatabaseReader, rows: readonly Delivery[]): Promise<readonly Described[]> {
  if (rows.length === 0) return []
  const attempts = await db
    .selectFrom('webhook_attempts')
    .selectAll()
    .where(
      'delivery_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('delivery_id')
    .orderBy('attempt')
    .execute()
  const byDelivery = Map.groupBy(attempts, (attempt) => attempt.delivery_id)
  const types = await typesOfEvents(db, rows)
  return rows.map((row) => ({
    row,
    entry: {
      id: row.id,
      event_id: row.event_id,
      event_type: types.get(row.event_id) ?? null,
      endpoint_id: row.endpoint_id,
      state: row.state,
      created_at: secondsOf(row.created_at_ms),
      next_attempt_at: row.state === 'pending' ? secondsOf(row.next_at_ms) : null,
      last_status: row.last_status,
      last_error: row.last_error,
      attempts: (byDelivery.get(row.id) ?? []).map((attempt) => ({
        attempt: attempt.attempt,
        at: secondsOf(attempt.at_ms),
        status: attempt.status,
        error: attempt.error,
        took_ms: attempt.took_ms,
        request_headers: readHeaders(attempt.request_headers),
        response_head: attempt.response_head,
      })),
    },
  }))
}

async function typesOfEvents(db: DatabaseReader, rows: readonly Delivery[]): Promise<ReadonlyMap<string, string>> {
  const events = await db
    .selectFrom('webhook_events')
    .select(['id', 'type'])
    .where('id', 'in', [...new Set(rows.map((row) => row.event_id))])
    .execute()
  return new Map(events.map(({ id, type }) => [id, type]))
}

const headersSchema = z.record(z.string(), z.string())

function readHeaders(json: string | null): Readonly<Record<string, string>> | null {
  return json === null ? null : headersSchema.parse(JSON.parse(json))
}

/** One of a partner's deliveries, with the body that each of its attempts had. @throws AppError 404 for another's */
export async function readDelivery(
  { db, pepper }: { readonly db: DatabaseReader; readonly pepper: Pick<Pepper, 'hash'> },
  { deliveryId, partnerId }: { readonly deliveryId: string; readonly partnerId: string },
): Promise<WebhookDeliveryStory> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('id', '=', deliveryId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
  const [described] = row === undefined ? [] : await describeDeliveries(db, [row])
  if (described === undefined) throw new AppError('not_found', `There is no webhook delivery ${deliveryId}.`)
  const { event_id: eventId, endpoint_id: endpointId } = described.row
  const event = await db.selectFrom('webhook_events').selectAll().where('id', '=', eventId).executeTakeFirst()
  const { url } = await findOwnEndpoint(db, { endpointId, partnerId })
  const body = event === undefined ? null : JSON.stringify(renderEvent(pepper, event))
  return { ...described.entry, url, request_body: body }
}
