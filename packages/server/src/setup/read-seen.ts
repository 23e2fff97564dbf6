import { createHash } from 'node:crypto'
import type { PartnerSetupKind } from '@opencredits/protocol'
import { type SqlBool, sql } from 'kysely'
import { dayMs } from '../kernel/clock.ts'
import { minorUnitDigitsOf } from '../kernel/minor-unit-digits.ts'
import { observedDays } from '../partners/observations.ts'
import type { DatabaseReader } from '../store/open-database.ts'

/** Something that was seen of an app, once or several times. */
export interface Seen {
  /** Of kind and subject. */
  readonly id: string
  readonly kind: PartnerSetupKind
  readonly subject: string
  readonly times: number
  readonly firstAtMs: number
  readonly lastAtMs: number
}

/** How far back each source is read, newest first: the log is for watching, the lists of the console are for the rest. */
const rowsMax = 200

/** All that was seen of one world of an app in the last seven days, newest first. */
export async function readSeen(db: DatabaseReader, partnerId: string, nowMs: number): Promise<readonly Seen[]> {
  const of = { partnerId, sinceMs: nowMs - observedDays * dayMs }
  const sources = await Promise.all([
    readObservations(db, of),
    readPurchases(db, of),
    readSignIns(db, of),
    readCalls(db, of),
    readReleased(db, of),
    readDeliveries(db, of),
  ])
  return sources.flat().sort((one, other) => other.lastAtMs - one.lastAtMs || (one.id < other.id ? 1 : -1))
}

interface SeenOf {
  readonly partnerId: string
  readonly sinceMs: number
}

interface Occurrence {
  readonly kind: PartnerSetupKind
  readonly subject: string
  readonly atMs: number
}

async function readObservations(db: DatabaseReader, { partnerId, sinceMs }: SeenOf): Promise<readonly Seen[]> {
  const rows = await db
    .selectFrom('setup_observations')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .where('last_at_ms', '>=', sinceMs)
    .orderBy('last_at_ms', 'desc')
    .limit(rowsMax)
    .execute()
  return rows.map(({ kind, subject, times, first_at_ms, last_at_ms }) => ({
    ...{ id: idOf({ kind, subject }), kind, subject, times, firstAtMs: first_at_ms, lastAtMs: last_at_ms },
  }))
}

async function readPurchases(db: DatabaseReader, { partnerId, sinceMs }: SeenOf): Promise<readonly Seen[]> {
  const rows = await db
    .selectFrom('purchases')
    .select(['status', 'amount_minor', 'currency', 'created_at_ms', 'completed_at_ms'])
    .where('partner_id', '=', partnerId)
    .where('created_at_ms', '>=', sinceMs)
    .orderBy('created_at_ms', 'desc')
    .limit(rowsMax)
    .execute()
  return group(
    rows.flatMap((row): Occurrence[] => {
      const subject = amountOf(row)
      const begun = { kind: 'checkout_opened', subject, atMs: row.created_at_ms } as const
      if (row.completed_at_ms !== null) return [begun, { kind: 'checkout_paid', subject, atMs: row.completed_at_ms }]
      return row.status === 'failed' ? [{ ...begun, kind: 'checkout_failed' }] : [begun]
    }),
  )
}

function amountOf({ amount_minor, currency }: { readonly amount_minor: number; readonly currency: string }): string {
  return `${amount_minor / 10 ** minorUnitDigitsOf(currency)} ${currency.toUpperCase()}`
}

async function readSignIns(db: DatabaseReader, { partnerId, sinceMs }: SeenOf): Promise<readonly Seen[]> {
  const rows = await db
    .selectFrom('keys')
    .select('created_at_ms')
    .where('partner_id', '=', partnerId)
    .where(sql<SqlBool>`source = 'login'`)
    .where('created_at_ms', '>=', sinceMs)
    .orderBy('created_at_ms', 'desc')
    .limit(rowsMax)
    .execute()
  return group(rows.map((row) => ({ kind: 'signed_in', subject: '', atMs: row.created_at_ms })))
}

async function readCalls(db: DatabaseReader, of: SeenOf): Promise<readonly Seen[]> {
  const rows = await endedCalls(db, of).where(sql<SqlBool>`state = 'settled'`).execute()
  const paid = rows.filter((row) => row.billed_to === 'credits')
  return group(
    paid.map((row) => ({ kind: 'call_paid', subject: `${row.endpoint} ${row.model}`, atMs: row.ended_at_ms ?? 0 })),
  )
}

/** Calls that were admitted and cost nothing, since their provider did not answer them. */
async function readReleased(db: DatabaseReader, of: SeenOf): Promise<readonly Seen[]> {
  const rows = await endedCalls(db, of).where(sql<SqlBool>`state = 'released'`).execute()
  return group(
    rows.map((row) => ({
      kind: 'call_failed',
      subject: `${row.http_status ?? 0} ${row.model}`,
      atMs: row.ended_at_ms ?? 0,
    })),
  )
}

function endedCalls(db: DatabaseReader, { partnerId, sinceMs }: SeenOf) {
  return db
    .selectFrom('requests')
    .select(['endpoint', 'model', 'billed_to', 'http_status', 'ended_at_ms'])
    .where('partner_id', '=', partnerId)
    .where('ended_at_ms', '>=', sinceMs)
    .orderBy('ended_at_ms', 'desc')
    .limit(rowsMax)
}

async function readDeliveries(db: DatabaseReader, { partnerId, sinceMs }: SeenOf): Promise<readonly Seen[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhook_attempts', 'webhook_attempts.delivery_id', 'webhook_deliveries.id')
    .select(['webhook_attempts.status', 'webhook_attempts.error', 'webhook_attempts.at_ms'])
    .where('webhook_deliveries.partner_id', '=', partnerId)
    .where('webhook_deliveries.created_at_ms', '>=', sinceMs)
    .orderBy('webhook_deliveries.created_at_ms', 'desc')
    .limit(rowsMax)
    .execute()
  return group(
    rows.map(({ status, error, at_ms }) => ({
      kind: error === null ? 'webhook_answered' : 'webhook_failed',
      subject: error ?? String(status),
      atMs: at_ms,
    })),
  )
}

function group(occurrences: readonly Occurrence[]): readonly Seen[] {
  const alike = Map.groupBy(occurrences, ({ kind, subject }) => `${kind} ${subject}`)
  return [...alike.values()].flatMap((all) => {
    const times = all.map(({ atMs }) => atMs)
    const [first] = all
    if (first === undefined) return []
    const { kind, subject } = first
    const id = idOf(first)
    return [{ id, kind, subject, times: all.length, firstAtMs: Math.min(...times), lastAtMs: Math.max(...times) }]
  })
}

function idOf({ kind, subject }: Pick<Occurrence, 'kind' | 'subject'>): string {
  return `see_${createHash('sha256').update(`${kind}\0${subject}`).digest('hex').slice(0, 24)}`
}
