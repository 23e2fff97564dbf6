import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { assert } from '../kernel/assert.ts'
import { frameBytes } from './file-frames.ts'
import { type FileStore, isFileId } from './file-store.ts'

/** The end of the name of a file that is being written. */
const draft = '.part'

/**
 * Keeps files in a folder, each under its id, a thousand folders deep in total so that none gets long. Only the server's
 * own user may read them. The folder is made with the first file.
 */
export function openDiskStore(folder: string): FileStore {
  const folderOf = (fileId: string) => join(folder, fileId.slice(-2).toLowerCase())
  const pathOf = (fileId: string) => {
    assert(isFileId(fileId), 'only an id of ours becomes a path')
    return join(folderOf(fileId), fileId)
  }
  return {
    async write(fileId, frames) {
      const path = pathOf(fileId)
      await mkdir(folderOf(fileId), { recursive: true, mode: 0o700 })
      try {
        await writeWhole(`${path}${draft}`, frames)
        await rename(`${path}${draft}`, path)
        await syncFolder(folderOf(fileId))
        await syncFolder(folder)
      } catch (error) {
        await rm(`${path}${draft}`, { force: true })
        await rm(path, { force: true })
        throw error
      }
    },
    async *read(fileId, count) {
      const file = await open(pathOf(fileId)).catch(nullIfMissing)
      if (file === null) return
      try {
        for (let index = 0; index < count; index += 1) {
          const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(frameBytes), 0, frameBytes)
          if (bytesRead === 0) return
          yield buffer.subarray(0, bytesRead)
        }
      } finally {
        await file.close()
      }
    },
    async remove(fileId) {
      await rm(pathOf(fileId), { force: true })
    },
    async *listWrittenBefore(timeMs) {
      for await (const shard of entriesOf(folder)) {
        if (!shard.isDirectory()) continue
        for await (const entry of entriesOf(join(folder, shard.name))) {
          const path = join(folder, shard.name, entry.name)
          const fileId = entry.name.endsWith(draft) ? entry.name.slice(0, -draft.length) : entry.name
          // What is not ours is not ours to delete.
          if (!entry.isFile() || !isFileId(fileId)) continue
          const written = await stat(path).catch(nullIfMissing)
          if (written === null || written.mtimeMs >= timeMs) continue
          if (fileId === entry.name) yield fileId
          // Nobody writes for so long: whoever began it is dead.
          else await rm(path, { force: true })
        }
      }
    },
  }
}

async function writeWhole(path: string, frames: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const frame of frames) await file.writeFile(frame)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A new name is on the disk once its folder is. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function* entriesOf(folder: string) {
  const entries = await opendir(folder).catch(nullIfMissing)
  if (entries !== null) yield* entries
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
