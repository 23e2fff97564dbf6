import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** What may be read and written by its owner only. */
const ownerOnly = 0o600
const othersMask = 0o077
/** On Windows a mode says nothing about who may read. */
const hasModes = process.platform !== 'win32'

/** Makes the folder of a file that holds secrets; a folder that exists is left as it is, for it may hold other things. */
export function makePrivateFolderOf(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
}

/**
 * Makes sure that a file is there and that only its owner may read it. SQLite gives its `-wal` and `-shm` the mode of the
 * database, so this comes before SQLite opens it; those of an earlier version are narrowed as well.
 */
export function keepPrivate(path: string): void {
  makePrivateFolderOf(path)
  if (!existsSync(path)) createPrivate(path)
  for (const name of databaseFiles(path)) narrow(name)
}

/**
 * Opens the file only if it is new: to close a descriptor of a file gives up all locks that this process has on it, those
 * of SQLite's other connections included (https://sqlite.org/howtocorrupt.html, 2.2).
 */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', ownerOnly))
  } catch (error) {
    // Another process was quicker.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Takes the rights of group and others away. Only a file's owner can: what stays open is reported by `findExposures`. */
export function narrow(path: string): void {
  if (!hasModes || !isOpenToOthers(path)) return
  try {
    chmodSync(path, ownerOnly)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EPERM' || error.code === 'EROFS'))) throw error
  }
}

/** What others on this machine may read of a store: files that could not be narrowed, and a folder open to the world. */
export function findExposures(databasePath: string): readonly string[] {
  if (!hasModes) return []
  const files = databaseFiles(databasePath).filter(isOpenToOthers)
  const folder = dirname(databasePath)
  const isFolderOpen = (statSync(folder).mode & 0o007) !== 0
  return [...files.map((path) => `${path}: chmod 600`), ...(isFolderOpen ? [`${folder}: chmod 700`] : [])]
}

function databaseFiles(path: string): readonly string[] {
  return [path, `${path}-wal`, `${path}-shm`].filter((name) => existsSync(name))
}

function isOpenToOthers(path: string): boolean {
  return (statSync(path).mode & othersMask) !== 0
}
