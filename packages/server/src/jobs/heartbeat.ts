import { type Clock, secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'

export interface ServerIdentity {
  readonly serverId: string
  readonly hostName: string
  readonly processId: number
}

/** Silent for longer than this, a server is taken for dead. */
export const heartbeatLifetimeMs = 15 * secondMs

/** A gap in our own heartbeats that is longer than this says that the store was away, or we were. */
const gapMs = 8 * secondMs

export interface Heartbeat {
  /** Tells the others that this server lives. */
  beat(): Promise<void>
  /**
   * True when this server has reached the store without a gap for as long as a heartbeat lives. Until then the silence of
   * others proves nothing: after an outage of the store everybody has been silent.
   */
  mayJudgeOthers(): boolean
}

export function createHeartbeat(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly self: ServerIdentity
}): Heartbeat {
  let lastBeatAtMs: number | null = null
  let steadySinceMs = Number.POSITIVE_INFINITY
  return {
    async beat() {
      const nowMs = deps.clock.nowMs()
      const { serverId, hostName, processId } = deps.self
      await deps.db
        .insertInto('servers')
        .values({ id: serverId, host_name: hostName, process_id: processId, heartbeat_at_ms: nowMs })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at_ms: nowMs }))
        .execute()
      if (lastBeatAtMs === null || nowMs - lastBeatAtMs > gapMs) steadySinceMs = nowMs
      lastBeatAtMs = nowMs
    },
    mayJudgeOthers() {
      const nowMs = deps.clock.nowMs()
      return lastBeatAtMs !== null && nowMs - lastBeatAtMs <= gapMs && nowMs - steadySinceMs > heartbeatLifetimeMs
    },
  }
}

/** After an orderly stop nothing is left to resolve. */
export async function signOff(db: Database, serverId: string): Promise<void> {
  await db.deleteFrom('servers').where('id', '=', serverId).execute()
}
