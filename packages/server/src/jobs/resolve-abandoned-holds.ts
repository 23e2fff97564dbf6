import { sql } from 'kysely'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { type Heartbeat, heartbeatLifetimeMs, type ServerIdentity, signOff } from './heartbeat.ts'

const batch = 200

/**
 * Resolves the holds of dead servers, and those that are past their time. Each is resolved once, whoever else tries:
 * the ledger claims it. Servers of the same host whose process is gone are dead at once, so that a restart need not wait.
 */
export async function resolveAbandonedHolds(
  deps: {
    readonly db: Database
    readonly self: ServerIdentity
    readonly heartbeat: Heartbeat
    readonly isProcessAlive: (processId: number) => boolean
    readonly recover: (hold: Row<'holds'>) => Promise<void>
  },
  nowMs: number,
): Promise<number> {
  const dead = await findDeadServers(deps, nowMs)
  let resolved = 0
  for (;;) {
    const holds = await abandonedHolds(deps.db, dead, nowMs).execute()
    for (const hold of holds) await deps.recover(hold)
    resolved += holds.length
    if (holds.length < batch) break
  }
  for (const serverId of dead) await signOff(deps.db, serverId)
  return resolved
}

async function findDeadServers(
  deps: {
    readonly db: Database
    readonly self: ServerIdentity
    readonly heartbeat: Heartbeat
    readonly isProcessAlive: (processId: number) => boolean
  },
  nowMs: number,
): Promise<readonly string[]> {
  const servers = await deps.db.selectFrom('servers').selectAll().where('id', '!=', deps.self.serverId).execute()
  return servers
    .filter((server) => {
      if (server.heartbeat_at_ms < nowMs - heartbeatLifetimeMs && deps.heartbeat.mayJudgeOthers()) return true
      if (server.host_name !== deps.self.hostName) return false
      // In a container every server is process 1: one with our own number was here before us.
      return server.process_id === deps.self.processId || !deps.isProcessAlive(server.process_id)
    })
    .map((server) => server.id)
}

/** The open holds of these servers, and those past their time; oldest first. */
export function abandonedHolds(db: Database, deadServerIds: readonly string[], nowMs: number) {
  return (
    db
      .selectFrom('holds')
      .selectAll()
      // Word for word the condition of the partial index: with bound values SQLite would read every hold there ever was.
      .where(sql<boolean>`state in ('placed', 'sent')`)
      .where((where) =>
        where.or([
          where('expires_at_ms', '<', nowMs),
          ...(deadServerIds.length === 0 ? [] : [where('server_id', 'in', [...deadServerIds])]),
        ]),
      )
      .orderBy('created_at_ms')
      .limit(batch)
  )
}
