import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { mountSmallDisk } from './small-disk.ts'
import type { Store } from './store.ts'

const diskMegabytes = 64

/** One SQLite file on a small disk of its own where that can be mounted. */
export async function createSqliteStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-chaos-'))
  const disk = mountSmallDisk(folder, diskMegabytes)
  const path = join(folder, 'opencredits.db')
  return {
    engine: 'sqlite',
    databaseUrl: `sqlite:${path}`,
    killAndRestart: null,
    goAway: disk === null ? null : (forMs) => disk.fill(forMs),
    async stall(forMs) {
      const database = new SqliteDatabase(path, { timeout: 2000 })
      try {
        // Whoever holds the write lock stands for a disk that takes its time to sync.
        database.exec('begin immediate')
        await wait(forMs)
        database.exec('rollback')
      } catch (error) {
        if (!isBusyOrFull(error)) throw error
      } finally {
        database.close()
      }
    },
    fillDisk: disk === null ? null : (forMs) => disk.fill(forMs),
    missing: disk === null ? ['full disk (needs root, to mount a small tmpfs)'] : [],
    log: () => '',
    async rows(sql) {
      const database = new SqliteDatabase(path, { timeout: 5000 })
      try {
        return database.prepare(sql).all() as Record<string, unknown>[]
      } finally {
        database.close()
      }
    },
    async close() {
      disk?.unmount()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isBusyOrFull(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && /^SQLITE_(BUSY|FULL|IOERR|CANTOPEN)/.test(error.code)
}
