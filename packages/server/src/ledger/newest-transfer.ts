import type { DatabaseReader } from '../store/open-database.ts'

/** The sequence number of the newest transfer from before a time; 0 where there is none. */
export async function readNewestSeq(db: DatabaseReader, beforeMs: number): Promise<number> {
  const row = await db
    .selectFrom('transfers')
    .select('seq')
    .where('created_at_ms', '<', beforeMs)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.seq ?? 0
}
