import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadGuestPepper, loadPepper } from '../keys/pepper.ts'
import { copySqlite } from './copy-sqlite.ts'
import { migrateToLatest } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { findExposures } from './private-file.ts'

let folder: string
let umask: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opencredits-modes-'))
  // As on a machine whose users share what they make: every file would be readable and writable by all.
  umask = process.umask(0)
})

afterEach(() => {
  process.umask(umask)
  rmSync(folder, { recursive: true, force: true })
})

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
const filesOf = (path: string) => [path, `${path}-wal`, `${path}-shm`]

/** Linux lists the locks of all processes by the file's inode. */
const locksFile = '/proc/locks'
const locksOn = (path: string) =>
  readFileSync(locksFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`:${statSync(path).ino} `))
    .map((line) => line.replace(/^\d+: /, ''))

async function openAndWrite(path: string) {
  const db = openDatabase({ engine: 'sqlite', location: path })
  await migrateToLatest(db, 'sqlite')
  return db
}

describe('a store that is made', () => {
  it('is its owner’s alone: database, log, index, peppers and folder', async () => {
    const path = join(folder, 'deep', 'data', 'opencredits.db')
    const address = { engine: 'sqlite', location: path } as const
    const db = await openAndWrite(path)
    loadPepper(null, address)
    loadGuestPepper(null, address)
    const peppers = ['key-pepper', 'guest-pepper'].map((name) => join(dirname(path), name))
    expect([...filesOf(path), ...peppers].map(modeOf)).toEqual(['600', '600', '600', '600', '600'])
    expect([modeOf(dirname(path)), modeOf(join(folder, 'deep'))]).toEqual(['700', '700'])
    expect(findExposures(path)).toEqual([])
    await db.destroy()
  })

  it('gives its backups the same', async () => {
    const path = join(folder, 'opencredits.db')
    await (await openAndWrite(path)).destroy()
    const copy = join(folder, 'backup.db')
    await copySqlite(path, copy, async () => null)
    expect(modeOf(copy)).toBe('600')
  })
})

describe('a store of an earlier version', () => {
  it('is narrowed, though another connection has it open', async () => {
    const path = join(folder, 'data', 'opencredits.db')
    const address = { engine: 'sqlite', location: path } as const
    mkdirSync(dirname(path))
    const first = await openAndWrite(path)
    loadPepper(null, address)
    for (const name of [...filesOf(path), join(dirname(path), 'key-pepper')]) chmodSync(name, 0o644)
    const second = openDatabase(address)
    loadPepper(null, address)
    expect([...filesOf(path), join(dirname(path), 'key-pepper')].map(modeOf)).toEqual(['600', '600', '600', '600'])
    // The folder is not ours alone to change: it is reported.
    expect(findExposures(path)).toEqual([`${dirname(path)}: chmod 700`])
    await second.destroy()
    await first.destroy()
  })

  it.runIf(existsSync(locksFile))(
    'is opened again without a loss of the locks that the first connection has',
    async () => {
      const path = join(folder, 'opencredits.db')
      const first = await openAndWrite(path)
      const locks = locksOn(path)
      expect(locks.length).toBeGreaterThan(0)
      const second = openDatabase({ engine: 'sqlite', location: path })
      expect(locksOn(path)).toEqual(locks)
      await second.destroy()
      await first.destroy()
    },
  )

  it('keeps its pepper', () => {
    const path = join(folder, 'opencredits.db')
    writeFileSync(join(folder, 'key-pepper'), 'the pepper of an earlier version\n', { mode: 0o644 })
    const address = { engine: 'sqlite', location: path } as const
    const hash = loadPepper(null, address).hash('secret', 'x')
    expect(hash).toBe(loadPepper('the pepper of an earlier version', address).hash('secret', 'x'))
    expect(existsSync(join(folder, 'guest-pepper'))).toBe(false)
  })
})
