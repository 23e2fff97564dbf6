import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { FileStore } from './file-store.ts'

/** Ids asked for at once. */
const page = 500

/** Keeps files in PostgreSQL, a row for each frame of 1 MB: every server finds them, and a backup of the store has them. */
export function openPostgresStore({ db, clock }: { readonly db: Database; readonly clock: Clock }): FileStore {
  const remove = async (fileId: string) => {
    await db.deleteFrom('file_chunks').where('file_id', '=', fileId).execute()
  }
  return {
    async write(fileId, frames) {
      try {
        let position = 0
        for await (const bytes of frames) {
          const chunk = { file_id: fileId, position, bytes, written_at_ms: clock.nowMs() }
          await db.insertInto('file_chunks').values(chunk).execute()
          position += 1
        }
      } catch (error) {
        // Where the store is away, the sweep does it later.
        await remove(fileId).catch(() => {})
        throw error
      }
    },
    async *read(fileId, count) {
      for (let position = 0; position < count; position += 1) {
        const chunk = await db
          .selectFrom('file_chunks')
          .select('bytes')
          .where('file_id', '=', fileId)
          .where('position', '=', position)
          .executeTakeFirst()
        if (chunk === undefined) return
        yield chunk.bytes
      }
    },
    remove,
    async *listWrittenBefore(timeMs) {
      for (let after = ''; ; ) {
        const rows = await db
          .selectFrom('file_chunks')
          .select('file_id')
          .where('position', '=', 0)
          .where('written_at_ms', '<', timeMs)
          .where('file_id', '>', after)
          .orderBy('file_id')
          .limit(page)
          .execute()
        for (const row of rows) yield row.file_id
        const last = rows.at(-1)
        if (last === undefined) return
        after = last.file_id
      }
    },
  }
}
