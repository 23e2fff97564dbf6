import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../kernel/app-error.ts'
import { newId } from '../kernel/ids.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import { addFileRow, reuseFileRow } from './add-file-row.ts'
import type { ClientFilesDeps, FileOwner, FileToKeep } from './client-files.ts'
import { sealFrames } from './file-frames.ts'
import type { NamedKey } from './file-keys.ts'
import { nameOf } from './file-row.ts'
import { sealText } from './seal-bytes.ts'

interface Upload {
  readonly owner: FileOwner
  readonly key: NamedKey
  readonly file: FileToKeep
}

/** What a test user keeps, who has paid nothing. */
const testBytesMax = 100 * 1024 * 1024

type AddDeps = Pick<ClientFilesDeps, 'db' | 'clock' | 'pepper' | 'store' | 'limits'>

/**
 * Keeps a file. Its bytes are on the disk before a row names them: where a row is, the file is whole, and what a crash
 * leaves in between are bytes that nobody knows, which the sweep takes away.
 */
export async function addFile(deps: AddDeps, { owner, key, file }: Upload): Promise<Row<'files'>> {
  const { db, clock, store } = deps
  const limits = limitsFor(owner, deps.limits)
  const id = newId('file')
  const { bytes } = file
  const added: Row<'files'> = {
    ...{ id, user_id: owner.userId, partner_id: owner.partnerId, key_id: key.id },
    content_hash: deps.pepper.hash('file-content', await contentOf(owner, file)),
    filename: sealText(key.key, nameOf({ id }), file.filename),
    ...{ mime_type: file.mimeType, size_bytes: bytes.length, purpose: file.purpose },
    ...{ source_kind: null, source_id: null, source_part: null },
    ...{ created_at_ms: clock.nowMs(), uses: 0, last_used_at_ms: null },
    ...{ expires_at_ms: file.expiresAtMs, deleted_at_ms: null },
  }
  const addition = () => ({ limits, nowMs: clock.nowMs() })
  const same = await transact(db, (transaction) => reuseFileRow(transaction, added, addition()))
  if (same !== null) return same
  await store.write(id, sealFrames({ fileId: id, sizeBytes: bytes.length, key: key.key }, bytes))
  try {
    const row = await transact(db, (transaction) => addFileRow(transaction, added, addition()))
    if (row.id !== id) await store.remove(id)
    return row
  } catch (error) {
    // What was refused is not there. Of a store that fails at the end nobody knows whether it has the row.
    if (error instanceof AppError && error.status < 500) await store.remove(id)
    throw error
  }
}

function limitsFor({ livemode }: FileOwner, limits: AddDeps['limits']): AddDeps['limits'] {
  return livemode === false ? { ...limits, userBytesMax: Math.min(limits.userBytesMax, testBytesMax) } : limits
}

const hashedAtOnceBytes = 1024 * 1024

/**
 * What makes two uploads one file: their bytes and their owner. It is hashed with the pepper, so that a copy of the store
 * does not tell whether somebody has a certain file. A file for a batch is one of its own, since its lines are checked.
 */
async function contentOf({ userId, partnerId }: FileOwner, { bytes, purpose }: FileToKeep): Promise<string> {
  const hash = createHash('sha256')
  for (let start = 0; start < bytes.length; start += hashedAtOnceBytes) {
    hash.update(bytes.subarray(start, start + hashedAtOnceBytes))
    await setImmediate()
  }
  return `${userId}\0${partnerId}\0${purpose === 'batch' ? 'batch' : ''}\0${hash.digest('hex')}`
}
