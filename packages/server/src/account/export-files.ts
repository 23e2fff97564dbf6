import { createFileKeys } from '../files/file-keys.ts'
import { describe, nameOf } from '../files/file-row.ts'
import { unsealText } from '../files/seal-bytes.ts'
import { systemClock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import { secondsOf } from './formats.ts'

/** What is known of a user's files. Each can be downloaded by its id, with a key of the app that brought it. */
export async function exportFiles(deps: { readonly db: Database; readonly pepper: Pepper }, userId: string) {
  const keys = createFileKeys({ ...deps, clock: systemClock })
  const rows = await deps.db
    .selectFrom('files')
    .selectAll()
    .where('user_id', '=', userId)
    .where('deleted_at_ms', 'is', null)
    .orderBy('created_at_ms')
    .execute()
  const entries = []
  for (const row of rows) {
    const key = await keys.byId(row.key_id)
    const file = describe(row, key === null ? null : unsealText(key, nameOf(row), row.filename))
    entries.push({
      ...{ id: file.id, app_id: row.partner_id, filename: file.filename, mime_type: file.mimeType },
      ...{ size_bytes: file.sizeBytes, purpose: file.purpose },
      created_at: secondsOf(file.createdAtMs),
      expires_at: secondsOf(file.expiresAtMs),
    })
  }
  return entries
}
