import type { Database } from '../store/open-database.ts'

export interface ServerIdentity {
  readonly serverId: string
  readonly hostName: string
  readonly processId: number
}

/** Tells the others that this server lives: they see that its heartbeat moves, whatever its clock says. */
export async function beat(db: Database, self: ServerIdentity, nowMs: number): Promise<void> {
  await db
    .insertInto('servers')
    .values({ id: self.serverId, host_name: self.hostName, process_id: self.processId, heartbeat_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at_ms: nowMs }))
    .execute()
}

/**
 * Forgets a server that has no holds left. One whose last calls could not be settled stays: the others see that its
 * heartbeat stands still and resolve them. Without its row they would wait until the holds expire.
 */
export async function signOff(db: Database, serverId: string): Promise<void> {
  await db
    .deleteFrom('servers')
    .where('id', '=', serverId)
    .where('id', 'not in', db.selectFrom('holds').select('server_id').where('server_id', '=', serverId))
    .execute()
}
