import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Clock } from '../kernel/clock.ts'
import type { Pepper } from '../keys/pepper.ts'
import type { Database } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import { addFile } from './add-file.ts'
import { type FileLimits, isLive, lockBytes, refuseIfGone } from './add-file-row.ts'
import { frameCount, openFrames } from './file-frames.ts'
import { createFileKeys } from './file-keys.ts'
import { fileExpired, noSuchFile } from './file-refusals.ts'
import { describe, findRow, nameOf } from './file-row.ts'
import { type FileStore, isFileId } from './file-store.ts'
import { cursorOf, type FileCursor, type FileQuery, listFileRows } from './list-files.ts'
import { retireFile } from './retire-files.ts'
import { sealText, unsealText } from './seal-bytes.ts'

/** To whom a file belongs: a user, in one app. Whichever key it was uploaded with, it is none of a key's. */
export interface FileOwner {
  readonly userId: string
  readonly partnerId: string
  /** False in the test world. */
  readonly livemode?: boolean
}

export interface ClientFile {
  readonly id: string
  readonly filename: string
  readonly mimeType: string
  readonly sizeBytes: number
  /** Of OpenAI's clients; null for Anthropic's. */
  readonly purpose: string | null
  readonly createdAtMs: number
  /** Null: kept until it is deleted. */
  readonly expiresAtMs: number | null
}

export interface FileToKeep {
  readonly filename: string
  readonly mimeType: string
  readonly purpose: string | null
  readonly expiresAtMs: number | null
  readonly bytes: Uint8Array
}

/** What makes the bytes of a file when they are asked for. */
export interface RemoteSource {
  readonly kind: 'batch'
  readonly id: string
  readonly part: 'output' | 'errors'
}

export interface RemoteFile {
  readonly filename: string
  readonly purpose: 'batch_output'
  readonly sizeBytes: number
  readonly expiresAtMs: number | null
  readonly source: RemoteSource
}

export interface FileContent {
  readonly file: ClientFile
  /** Null for a file that is made on demand: its length is known only at its end. */
  readonly sizeBytes: number | null
  readonly bytes: AsyncIterable<Uint8Array>
}

/** The files that clients keep with us. To everybody but its owner a file is not there. */
export interface ClientFiles {
  /** False with `KEPT=off`. */
  readonly isOn: boolean
  /** The same bytes of the same owner are one file. @throws AppError 400 `storage_quota_exceeded`. */
  add(owner: FileOwner, file: FileToKeep): Promise<ClientFile>
  /** A file whose bytes are made on demand. The same source is one file, however often it is added. */
  addRemote(owner: FileOwner, file: RemoteFile): Promise<ClientFile>
  /** @returns null for one that is not there, is another's, was deleted, or is over. */
  find(owner: FileOwner, fileId: string): Promise<ClientFile | null>
  /** As `find`, for a route. @throws AppError 404 that tells an owner of a file that is over. @param param names the field. */
  require(owner: FileOwner, fileId: string, param: string): Promise<ClientFile>
  /** All of a stored file. @throws where its bytes are damaged or missing. */
  readBytes(owner: FileOwner, fileId: string): Promise<{ file: ClientFile; bytes: Uint8Array } | null>
  /** The same as it is read, for files made on demand too. */
  open(owner: FileOwner, fileId: string): Promise<FileContent | null>
  list(owner: FileOwner, query: FileQuery): Promise<FilePage>
  /** Counts that a request has used these. Nobody waits for it. */
  noteUses(fileIds: readonly string[]): void
  /** Where a file stands in the list. */
  cursorOf(owner: FileOwner, fileId: string): Promise<FileCursor | null>
  /** @returns false where there is none. */
  remove(owner: FileOwner, fileId: string): Promise<boolean>
}

export interface FilePage {
  readonly files: readonly ClientFile[]
  readonly hasMore: boolean
}

export interface ClientFilesDeps {
  readonly db: Database
  readonly clock: Clock
  readonly pepper: Pepper
  readonly store: FileStore
  readonly isOn: boolean
  readonly limits: FileLimits
  /** Called when a use could not be counted. */
  readonly onUncounted: (error: unknown) => void
  /** Makes the bytes of a file that is not stored. @returns null where they are no more. */
  readonly readRemote: (source: RemoteSource, owner: FileOwner) => Promise<Readable | null>
}

/** Derived, so that servers that find the end of a batch at once make one file. */
function remoteFileId({ kind, id, part }: RemoteSource): string {
  return `file_${createHash('sha256').update(`${kind}\0${id}\0${part}`).digest('hex').slice(0, 24)}`
}

export function createClientFiles(deps: ClientFilesDeps): ClientFiles {
  const { db, clock, store } = deps
  const keys = createFileKeys(deps)
  const described = async (found: Row<'files'>): Promise<ClientFile | null> => {
    const key = await keys.byId(found.key_id)
    return key === null ? null : describe(found, unsealText(key, nameOf(found), found.filename))
  }
  const findLive = async (owner: FileOwner, fileId: string) => {
    const found = await findRow(db, owner, fileId)
    if (found === undefined || !isLive(found, clock.nowMs())) return null
    const file = await described(found)
    return file === null ? null : { found, file }
  }
  const framesOf = async (found: Row<'files'>) => {
    const key = await keys.byId(found.key_id)
    if (key === null) throw new Error('the key of a file is gone')
    const sealed = { fileId: found.id, sizeBytes: found.size_bytes, key }
    return openFrames(sealed, store.read(found.id, frameCount(sealed)))
  }

  return {
    isOn: deps.isOn,
    async add(owner, file) {
      const key = await keys.ofOwner(owner)
      const found = await addFile(deps, { owner, key, file })
      return describe(found, unsealText(key.key, nameOf(found), found.filename))
    },
    async addRemote(owner, { source, ...file }) {
      const { id: keyId, key } = await keys.ofOwner(owner)
      const id = remoteFileId(source)
      const added = {
        ...{ id, user_id: owner.userId, partner_id: owner.partnerId, key_id: keyId, content_hash: null },
        ...{ filename: sealText(key, nameOf({ id }), file.filename), mime_type: 'application/jsonl' },
        ...{ size_bytes: file.sizeBytes, purpose: file.purpose },
        ...{ source_kind: source.kind, source_id: source.id, source_part: source.part },
        ...{ created_at_ms: clock.nowMs(), uses: 0, last_used_at_ms: null },
        ...{ expires_at_ms: file.expiresAtMs, deleted_at_ms: null },
      }
      await transact(db, async (transaction) => {
        await lockBytes(transaction, owner.userId)
        await refuseIfGone(transaction, added)
        await transaction
          .insertInto('files')
          .values(added)
          .onConflict((on) => on.column('id').doNothing())
          .execute()
      })
      return describe(added, file.filename)
    },
    find: async (owner, fileId) => (await findLive(owner, fileId))?.file ?? null,
    async require(owner, fileId, param) {
      const found = await findRow(db, owner, fileId)
      if (found !== undefined && !isLive(found, clock.nowMs())) throw fileExpired(fileId, param)
      const file = found === undefined ? null : await described(found)
      if (file === null) throw noSuchFile(fileId, param)
      return file
    },
    async readBytes(owner, fileId) {
      const live = await findLive(owner, fileId)
      if (live === null || live.found.source_kind !== null) return null
      const bytes = Buffer.allocUnsafe(live.found.size_bytes)
      let length = 0
      for await (const frame of await framesOf(live.found)) length += frame.copy(bytes, length)
      return { file: live.file, bytes }
    },
    async open(owner, fileId) {
      const live = await findLive(owner, fileId)
      if (live === null) return null
      const { found, file } = live
      const source = sourceOf(found)
      if (source === null) return { file, sizeBytes: found.size_bytes, bytes: await framesOf(found) }
      const bytes = await deps.readRemote(source, owner)
      return bytes === null ? null : { file, sizeBytes: null, bytes }
    },
    async list(owner, query) {
      const { rows, hasMore } = await listFileRows(db, owner, { ...query, nowMs: clock.nowMs() })
      const files = await Promise.all(rows.map(described))
      return { files: files.filter((file) => file !== null), hasMore }
    },
    noteUses(fileIds) {
      if (fileIds.length === 0) return
      void db
        .updateTable('files')
        .set((row) => ({ uses: row('uses', '+', 1), last_used_at_ms: clock.nowMs() }))
        .where('id', 'in', fileIds)
        .execute()
        .catch(deps.onUncounted)
    },
    cursorOf: async (owner, fileId) => (isFileId(fileId) ? cursorOf(db, owner, fileId) : null),
    async remove(owner, fileId) {
      if (!isFileId(fileId)) return false
      return transact(db, async (transaction) => {
        await lockBytes(transaction, owner.userId)
        return retireFile(transaction, owner, { fileId, nowMs: clock.nowMs() })
      })
    },
  }
}

function sourceOf(row: Row<'files'>): RemoteSource | null {
  const { source_kind: kind, source_id: id, source_part: part } = row
  if (kind !== 'batch' || id === null || (part !== 'output' && part !== 'errors')) return null
  return { kind, id, part }
}
