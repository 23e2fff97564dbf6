import { secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

export interface ServerIdentity {
  readonly serverId: string
  readonly hostName: string
  readonly processId: number
}

/** Silent for longer than this, a server is taken for dead. */
const heartbeatLifetimeMs = 15 * secondMs
const batch = 200

/** Tells the others that this server lives. */
export async function beat(db: Database, self: ServerIdentity, nowMs: number): Promise<void> {
  await db
    .insertInto('servers')
    .values({ id: self.serverId, host_name: self.hostName, process_id: self.processId, heartbeat_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at_ms: nowMs }))
    .execute()
}

/** After an orderly stop nothing is left to resolve. */
export async function signOff(db: Database, serverId: string): Promise<void> {
  await db.deleteFrom('servers').where('id', '=', serverId).execute()
}

/**
 * Resolves the holds of dead servers, and those that are past their time. Each is resolved once, whoever else tries:
 * the ledger claims it. Servers of the same host whose process is gone are dead at once, so that a restart need not wait.
 */
export async function resolveAbandonedHolds(
  deps: {
    readonly db: Database
    readonly self: ServerIdentity
    readonly isProcessAlive: (processId: number) => boolean
    readonly recover: (hold: Row<'holds'>) => Promise<void>
  },
  nowMs: number,
): Promise<number> {
  const dead = await findDeadServers(deps, nowMs)
  let resolved = 0
  for (;;) {
    const holds = await findAbandoned(deps.db, dead, nowMs)
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
    readonly isProcessAlive: (processId: number) => boolean
  },
  nowMs: number,
): Promise<readonly string[]> {
  const servers = await deps.db.selectFrom('servers').selectAll().where('id', '!=', deps.self.serverId).execute()
  return servers
    .filter((server) => {
      if (server.heartbeat_at_ms < nowMs - heartbeatLifetimeMs) return true
      if (server.host_name !== deps.self.hostName) return false
      // In a container every server is process 1: one with our own number was here before us.
      return server.process_id === deps.self.processId || !deps.isProcessAlive(server.process_id)
    })
    .map((server) => server.id)
}

function findAbandoned(
  db: Database,
  deadServerIds: readonly string[],
  nowMs: number,
): Promise<readonly Row<'holds'>[]> {
  return db
    .selectFrom('holds')
    .selectAll()
    .where('state', 'in', ['placed', 'sent'])
    .where((where) =>
      where.or([
        where('expires_at_ms', '<', nowMs),
        ...(deadServerIds.length === 0 ? [] : [where('server_id', 'in', [...deadServerIds])]),
      ]),
    )
    .orderBy('created_at_ms')
    .limit(batch)
    .execute()
}
