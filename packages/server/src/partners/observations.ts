import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Clock } from '../kernel/clock.ts'
import type { Database, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'

type Observation = Row<'setup_observations'>
export type ObservedKind = Observation['kind']

/**
 * What the server sees of apps, for the log that their developers watch while they integrate. It is remembered here and
 * written now and then, so that no page and no call waits for it. Publishable keys are public, so strangers can cause
 * observations: their number is bounded in memory and in the store.
 */
export interface Observations {
  /**
   * @param partnerId of the world in which it was seen
   * @param subject never longer than 300 characters, and nothing that a person wrote
   */
  note(partnerId: string, kind: ObservedKind, subject: string): void
  /** Writes what is due. */
  write(): Promise<void>
}

/** How long a row is kept after it was seen last. */
export const observedDays = 7
/** Rows of one kind that an app keeps: the newest. */
export const observedOfKindMax = 33

const subjectLengthMax = 300
const heldMax = 5_000
/** After so many writes a row is known to be frequent, and is written once a minute. */
const writesAtOnceMax = 20
const pauseMs = 60_000

interface Held {
  readonly partnerId: string
  readonly kind: ObservedKind
  readonly subject: string
  /** Since it was written last. */
  times: number
  firstAtMs: number
  lastAtMs: number
  writes: number
  writtenAtMs: number
}

export function createObservations(deps: { readonly db: Database; readonly clock: Clock }): Observations {
  /** By app and kind, then by subject. */
  const groups = new Map<string, Map<string, Held>>()
  let heldCount = 0

  const hold = (entry: Held): void => {
    const name = groupOf(entry.partnerId, entry.kind)
    const group = groups.get(name) ?? new Map<string, Held>()
    if (group.size >= observedOfKindMax) {
      // What is written already can be forgotten; what is not yet is no less true than the newest.
      const written = [...group.values()].find(({ times }) => times === 0)
      if (written === undefined) return
      group.delete(written.subject)
      heldCount -= 1
    }
    if (heldCount >= heldMax) return
    group.set(entry.subject, entry)
    groups.set(name, group)
    heldCount += 1
  }

  const forgetIdle = (nowMs: number) => {
    for (const [name, group] of groups) {
      for (const [subject, { times, lastAtMs }] of group)
        if (times === 0 && nowMs - lastAtMs >= pauseMs && group.delete(subject)) heldCount -= 1
      if (group.size === 0) groups.delete(name)
    }
  }

  return {
    note(partnerId, kind, subject) {
      if (subject.length > subjectLengthMax) return
      const nowMs = deps.clock.nowMs()
      const known = groups.get(groupOf(partnerId, kind))?.get(subject)
      if (known === undefined)
        return hold({
          partnerId,
          kind,
          subject,
          times: 1,
          firstAtMs: nowMs,
          lastAtMs: nowMs,
          writes: 0,
          writtenAtMs: 0,
        })
      if (known.times === 0) known.firstAtMs = nowMs
      known.times += 1
      known.lastAtMs = nowMs
    },
    async write() {
      const nowMs = deps.clock.nowMs()
      forgetIdle(nowMs)
      const due = [...groups.values()].flatMap((group) => [...group.values()].filter((entry) => isDue(entry, nowMs)))
      if (due.length === 0) return
      const rows = due.map(rowOf)
      for (const entry of due) Object.assign(entry, { times: 0, writes: entry.writes + 1, writtenAtMs: nowMs })
      // What is lost with a process or a store is seen again the next time.
      await transact(deps.db, (transaction) => writeRows(transaction, rows), 'process')
    },
  }
}

function isDue({ times, writes, writtenAtMs }: Held, nowMs: number): boolean {
  return times > 0 && (writes < writesAtOnceMax || nowMs - writtenAtMs >= pauseMs)
}

/** An origin as it may be kept: whatever is none is not repeated. */
export function observedOrigin(origin: string): string {
  if (origin === '' || origin === 'null') return noOrigin
  return /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin
    ? origin
    : unreadableOrigin
}

/** Of a page that was opened as a file, or in a sandboxed frame. */
export const noOrigin = 'null'
/** Of what says that it is a page, and names no web address. */
export const unreadableOrigin = 'malformed'

function groupOf(partnerId: string, kind: ObservedKind): string {
  return `${partnerId}\0${kind}`
}

function rowOf({ partnerId, kind, subject, times, firstAtMs, lastAtMs }: Held): Observation {
  const id = `obs_${createHash('sha256').update(`${partnerId}\0${kind}\0${subject}`).digest('hex').slice(0, 32)}`
  return { id, partner_id: partnerId, kind, subject, times, first_at_ms: firstAtMs, last_at_ms: lastAtMs }
}

async function writeRows(transaction: DatabaseTransaction, rows: readonly Observation[]): Promise<void> {
  // Sorted, so that two servers do not wait for each other in a circle.
  const sorted = [...rows].sort((one, other) => (one.id < other.id ? -1 : 1))
  await transaction
    .insertInto('setup_observations')
    .values(sorted)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((of) => ({
        times: of('setup_observations.times', '+', of.ref('excluded.times')),
        last_at_ms: of.ref('excluded.last_at_ms'),
      })),
    )
    .execute()
  const groups = new Map(sorted.map((row) => [groupOf(row.partner_id, row.kind), row]))
  for (const row of groups.values()) await tooMany(row).execute(transaction)
}

/** Deletes the oldest of what an app has of one kind. */
function tooMany({ partner_id, kind }: Observation): RawBuilder<unknown> {
  return sql`delete from setup_observations where partner_id = ${partner_id} and kind = ${kind} and last_at_ms < (
    select last_at_ms from setup_observations where partner_id = ${partner_id} and kind = ${kind}
    order by last_at_ms desc limit 1 offset ${observedOfKindMax - 1})`
}
