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

/** After an orderly stop nothing is left to resolve. */
export async function signOff(db: Database, serverId: string): Promise<void> {
  await db.deleteFrom('servers').where('id', '=', serverId).execute()
}
