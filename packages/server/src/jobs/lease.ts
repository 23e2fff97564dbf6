import type { Database } from '../store/open-database.ts'

export interface Lease {
  readonly name: string
  readonly serverId: string
  readonly forMs: number
}

/** Claims work that one server does at a time; who has the lease may claim it again. One statement, so one of many wins. */
export async function claimLease(db: Database, lease: Lease, nowMs: number): Promise<boolean> {
  const row = { name: lease.name, server_id: lease.serverId, until_ms: nowMs + lease.forMs }
  const claimed = await db
    .insertInto('job_leases')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet(row)
        .where((where) =>
          where.or([where('job_leases.until_ms', '<=', nowMs), where('job_leases.server_id', '=', lease.serverId)]),
        ),
    )
    .returning('name')
    .executeTakeFirst()
  return claimed !== undefined
}
