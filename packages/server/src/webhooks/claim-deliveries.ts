import { sql } from 'kysely'
import { secondMs } from '../kernel/clock.ts'
import type { Database, DatabaseReader } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import type { Endpoint } from './own-endpoint.ts'

/** Longer than an attempt takes: a delivery whose server died during one is tried again after it. */
const claimMs = 30 * secondMs
const windowMax = 100
export const perEndpointMax = 2
/** An app's ten endpoints would otherwise hold every place together: the other apps have the rest. */
const perPartnerMax = 6

/** An attempt that may be made now: nobody else makes it. */
export interface ClaimedDelivery {
  readonly id: string
  /** This one, from 1. */
  readonly attempt: number
  /** Since it was last queued: its place in the schedule. */
  readonly attemptInRound: number
  readonly event: Row<'webhook_events'>
  readonly endpoint: Endpoint
}

export interface Capacity {
  /** Attempts that may be made at once. */
  readonly free: number
  /** Attempts that run, by endpoint and by partner. */
  readonly running: ReadonlyMap<string, number>
}

/** Asked every second, so it writes nothing. */
export async function areDeliveriesDue(db: DatabaseReader, full: Full, nowMs: number): Promise<boolean> {
  return (await dueQuery(db, full, nowMs).limit(1).executeTakeFirst()) !== undefined
}

/**
 * Claims due deliveries, two an endpoint and six a partner at most, by one guarded update: of several servers one makes the attempt. The
 * attempt is counted and put off before it is made, so that one that ends the process is not made again at once.
 */
export async function claimDeliveries(
  db: Database,
  { free, running }: Capacity,
  nowMs: number,
): Promise<readonly ClaimedDelivery[]> {
  const counts = new Map(running)
  const chosen: string[] = []
  for (let isMore = true; isMore && chosen.length < free; ) {
    const due = await dueQuery(db, fullOf(counts), nowMs).limit(windowMax).execute()
    const before = chosen.length
    for (const { id, endpoint_id, partner_id } of due) {
      const [ofEndpoint, ofPartner] = [counts.get(endpoint_id) ?? 0, counts.get(partner_id) ?? 0]
      if (ofEndpoint >= perEndpointMax || ofPartner >= perPartnerMax) continue
      if (chosen.length >= free || chosen.includes(id)) continue
      counts.set(endpoint_id, ofEndpoint + 1).set(partner_id, ofPartner + 1)
      chosen.push(id)
    }
    // A window full of one endpoint's says nothing about the others.
    isMore = due.length === windowMax && chosen.length > before
  }
  return chosen.length === 0 ? [] : claim(db, chosen, nowMs)
}

/** Endpoints and partners that have as many attempts running as they may. */
export interface Full {
  readonly endpoints: readonly string[]
  readonly partners: readonly string[]
}

export function fullOf(running: ReadonlyMap<string, number>): Full {
  const full = (prefix: string, most: number) =>
    [...running].flatMap(([id, count]) => (id.startsWith(prefix) && count >= most ? [id] : []))
  return { endpoints: full('whe_', perEndpointMax), partners: full('par_', perPartnerMax) }
}

/** Deliveries that may be sent now, those of the full left out. */
export function dueQuery(db: DatabaseReader, { endpoints, partners }: Full, nowMs: number) {
  // By their endpoints, which the index has.
  const ofPartners = db.selectFrom('webhook_endpoints').select('id').where('partner_id', 'in', partners)
  return db
    .selectFrom('webhook_deliveries')
    .select(['id', 'endpoint_id', 'partner_id'])
    .where('state', '=', sql.lit('pending'))
    .where('next_at_ms', '<=', nowMs)
    .$if(endpoints.length > 0, (query) => query.where('endpoint_id', 'not in', endpoints))
    .$if(partners.length > 0, (query) => query.where('endpoint_id', 'not in', ofPartners))
    .orderBy('next_at_ms')
}

async function claim(db: Database, ids: readonly string[], nowMs: number): Promise<readonly ClaimedDelivery[]> {
  const claimed = await db
    .updateTable('webhook_deliveries')
    .set((of) => ({
      attempts: of('attempts', '+', 1),
      attempts_in_round: of('attempts_in_round', '+', 1),
      next_at_ms: nowMs + claimMs,
    }))
    .where('id', 'in', ids)
    .where('state', '=', 'pending')
    .where('next_at_ms', '<=', nowMs)
    .returningAll()
    .execute()
  if (claimed.length === 0) return []
  const events = await eventsOf(
    db,
    claimed.map(({ event_id }) => event_id),
  )
  const endpoints = await endpointsOf(
    db,
    claimed.map(({ endpoint_id }) => endpoint_id),
  )
  const found = claimed.flatMap(({ id, attempts, attempts_in_round, event_id, endpoint_id }) => {
    const event = events.get(event_id)
    const endpoint = endpoints.get(endpoint_id)
    if (event === undefined || endpoint === undefined) return []
    return [{ id, attempt: attempts, attemptInRound: attempts_in_round, event, endpoint }]
  })
  // Written while its endpoint was being deleted: nobody is left to take it.
  const orphans = claimed.filter(({ id }) => !found.some((one) => one.id === id)).map(({ id }) => id)
  if (orphans.length > 0) await db.deleteFrom('webhook_deliveries').where('id', 'in', orphans).execute()
  return found
}

async function eventsOf(db: DatabaseReader, ids: readonly string[]) {
  const rows = await db.selectFrom('webhook_events').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

async function endpointsOf(db: DatabaseReader, ids: readonly string[]) {
  const rows = await db.selectFrom('webhook_endpoints').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, row]))
}
