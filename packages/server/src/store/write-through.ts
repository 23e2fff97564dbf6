import { type FileHandle, open } from 'node:fs/promises'

/** Waits until everything that was written before is on the disk. */
export type WriteThrough = () => Promise<void>

/**
 * Writes a file through without holding up the process: the wait for the disk is a thread's. Callers that come while one
 * wait is under way share the next one, since the running one may have begun before their bytes were written.
 */
export function createWriteThrough(sync: () => Promise<void>): WriteThrough {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const start = (): Promise<void> => {
    running = sync().finally(() => {
      running = null
    })
    return running
  }
  return () => {
    if (running === null) return start()
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null
        return start()
      })
    return next
  }
}

export interface FileSync {
  sync(): Promise<void>
  close(): Promise<void>
}

/** Syncs a file by its name; it is opened when it is first needed, since the one who makes it may not have made it yet. */
export function syncOfFile(path: string): FileSync {
  let handle: Promise<FileHandle> | null = null
  return {
    async sync() {
      handle ??= open(path, 'r+')
      await (await handle).datasync()
    },
    async close() {
      await (await handle)?.close()
    },
  }
}
