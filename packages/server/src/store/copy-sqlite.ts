import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { type Database, openDatabase } from './open-database.ts'

/**
 * Copies a SQLite store as it stands at one moment, while servers go on reading and writing. The copy is checked, flushed
 * to the disk and only then given its name: what has the name is whole.
 * @param check what else must hold for the copy; its result is handed back.
 * @throws Error when there is no store, the target exists, or the copy is damaged; nothing is left behind then.
 */
export async function copySqlite<Checked>(
  fromPath: string,
  toPath: string,
  check: (copy: Database) => Promise<Checked>,
): Promise<Checked> {
  if (!existsSync(fromPath)) throw new Error(`There is no database at ${fromPath}.`)
  if (existsSync(toPath)) throw new Error(`${toPath} exists. A backup never replaces another: choose a new name.`)
  const draft = `${toPath}.partial`
  rmSync(draft, { force: true })
  try {
    // It holds addresses and hashes: readable by its owner only.
    closeSync(openSync(draft, 'wx', 0o600))
    await vacuumInto(fromPath, draft)
    const checked = await examine(draft, check)
    flush(draft)
    renameSync(draft, toPath)
    flush(dirname(toPath))
    return checked
  } finally {
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${rest}`, { force: true })
  }
}

/** One read transaction: in write-ahead mode nobody waits for it. Unlike page by page, it ends however much is written. */
async function vacuumInto(fromPath: string, draft: string): Promise<void> {
  const source = openDatabase({ engine: 'sqlite', location: fromPath }, { isPatient: true })
  try {
    await sql`vacuum into ${draft}`.execute(source)
  } finally {
    await source.destroy()
  }
}

async function examine<Checked>(draft: string, check: (copy: Database) => Promise<Checked>): Promise<Checked> {
  const copy = openDatabase({ engine: 'sqlite', location: draft }, { isPatient: true })
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(copy)
    const problems = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok')
    const { rows: orphans } = await sql`pragma foreign_key_check`.execute(copy)
    if (problems.length > 0 || orphans.length > 0) {
      throw new Error(
        `The copy is damaged: ${problems.slice(0, 3).join('; ')} (${orphans.length} rows without parent).`,
      )
    }
    return await check(copy)
  } finally {
    await copy.destroy()
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}
