import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A file system of its own, so small that it can be filled. Needs root on Linux (a tmpfs is mounted). */
export interface SmallDisk {
  fill(forMs: number): Promise<void>
  unmount(): void
}

/** @returns null where this process may not mount. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  const unmount = () => {
    process.off('exit', unmount)
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
  }
  process.once('exit', unmount)
  const ballast = join(folder, 'ballast')
  return {
    async fill(forMs) {
      fillWith(ballast)
      await wait(forMs)
      rmSync(ballast, { force: true })
    },
    unmount,
  }
}

const page = Buffer.alloc(4096, 'x')

function fillWith(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (;;) if (writeSync(file, page) < page.length) return
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}
