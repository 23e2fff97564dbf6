import { holderOfParts } from '../ledger/split-hold.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { isStoreFailure } from '../store/store-failure.ts'
import { type ServerIdentity, signOff } from './heartbeat.ts'

/** A heartbeat that stands still for so many looks is a dead server's. They are five seconds apart, and a server beats every three. */
const looksUntilDead = 4
const batch = 200

/**
 * What was seen at earlier looks. Whether a server lives is told by its heartbeat's moving, never by comparing clocks:
 * one that is ahead would take everybody else for dead and resolve calls that still run.
 */
export interface EarlierLooks {
  /** @returns at how many looks in a row, this one included, the heartbeat was the same. */
  countStandstill(server: Pick<Row<'servers'>, 'id' | 'heartbeat_at_ms'>): number
  /** @returns those that were given at the look before, too. */
  keepRepeated(holdIds: readonly string[]): readonly string[]
}

export function createEarlierLooks(): EarlierLooks {
  const heartbeats = new Map<string, { readonly atMs: number; readonly looks: number }>()
  let before: ReadonlySet<string> = new Set()
  return {
    countStandstill({ id, heartbeat_at_ms: atMs }) {
      const known = heartbeats.get(id)
      const looks = known?.atMs === atMs ? known.looks + 1 : 1
      heartbeats.set(id, { atMs, looks })
      return looks
    },
    keepRepeated(holdIds) {
      const repeated = holdIds.filter((id) => before.has(id))
      before = new Set(holdIds)
      return repeated
    },
  }
}

export interface AbandonedHoldsDeps {
  readonly db: Database
  readonly self: ServerIdentity
  readonly looks: EarlierLooks
  readonly isProcessAlive: (processId: number) => boolean
  /** Whether a call of this process still answers for the hold. */
  readonly isRunning: (holdId: string) => boolean
  readonly recover: (hold: Row<'holds'>) => Promise<void>
  /** Called for a hold that a bug keeps from being resolved. It is retried at the next look. */
  readonly onFault: (hold: Row<'holds'>, fault: unknown) => void
}

/**
 * Resolves the holds of dead servers, those of this one that no call answers for any more (the store was away when it
 * ended), and those past their time whose server nobody knows. Each is resolved once, whoever else tries: the ledger
 * claims it. Servers of the same host whose process is gone are dead at once, so that a restart need not wait. A hold that
 * a bug keeps from being resolved blocks neither the others nor a server's start.
 * @throws when the store is unavailable.
 */
export async function resolveAbandonedHolds(deps: AbandonedHoldsDeps, nowMs: number): Promise<number> {
  const dead = await findDeadServers(deps)
  const forgotten = await findForgotten(deps)
  const failed: string[] = []
  let resolved = 0
  for (;;) {
    const holds = await abandonedHolds(deps.db, { dead, forgotten, failed }, nowMs).execute()
    for (const hold of holds) {
      if (await isRecovered(deps, hold)) resolved += 1
      else failed.push(hold.id)
    }
    if (holds.length < batch) break
  }
  // The holds of a server that has signed off are found only after they expire, so a server with holds left stays.
  if (failed.length === 0) for (const serverId of dead) await signOff(deps.db, serverId)
  return resolved
}

async function isRecovered(deps: AbandonedHoldsDeps, hold: Row<'holds'>): Promise<boolean> {
  try {
    await deps.recover(hold)
    return true
  } catch (error) {
    if (isStoreFailure(error)) throw error
    deps.onFault(hold, error)
    return false
  }
}

async function findDeadServers(deps: AbandonedHoldsDeps): Promise<readonly string[]> {
  const servers = await deps.db.selectFrom('servers').selectAll().where('id', '!=', deps.self.serverId).execute()
  return servers
    .filter((server) => {
      if (deps.looks.countStandstill(server) >= looksUntilDead) return true
      if (server.host_name !== deps.self.hostName) return false
      // In a container every server is process 1: one with our own number was here before us.
      return server.process_id === deps.self.processId || !deps.isProcessAlive(server.process_id)
    })
    .map((server) => server.id)
}

/** At one look alone, a call may be just about to begin. */
async function findForgotten(deps: AbandonedHoldsDeps): Promise<readonly string[]> {
  const own = await deps.db.selectFrom('holds').select('id').where('server_id', '=', deps.self.serverId).execute()
  return deps.looks.keepRepeated(own.map(({ id }) => id).filter((id) => !deps.isRunning(id))).slice(0, batch)
}

interface Abandoned {
  readonly dead: readonly string[]
  readonly forgotten: readonly string[]
  /** Failed at this look already. */
  readonly failed: readonly string[]
}

/** The holds of these servers, these forgotten ones, and those past their time whose server nobody knows; oldest first. */
function abandonedHolds(db: Database, { dead, forgotten, failed }: Abandoned, nowMs: number) {
  return (
    db
      .selectFrom('holds')
      .selectAll()
      // A batch outlives every server, and its results say what it cost.
      .where('server_id', '!=', holderOfParts)
      .where((where) =>
        where.or([
          where.and([
            where('expires_at_ms', '<', nowMs),
            where('server_id', 'not in', where.selectFrom('servers').select('servers.id')),
          ]),
          ...(dead.length === 0 ? [] : [where('server_id', 'in', [...dead])]),
          ...(forgotten.length === 0 ? [] : [where('id', 'in', [...forgotten])]),
        ]),
      )
      .$if(failed.length > 0, (query) => query.where('id', 'not in', [...failed]))
      .orderBy('created_at_ms')
      .limit(batch)
  )
}
