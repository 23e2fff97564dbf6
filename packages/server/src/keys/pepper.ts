import { createHmac, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseAddress } from '../store/open-database.ts'
import { secretFromBytes } from './key-format.ts'

/** Keys a hash so that who copies the database alone can neither check nor forge a secret. */
export interface Pepper {
  /** HMAC-SHA-256, hex. */
  hash(purpose: 'secret' | 'login-code' | 'request-body' | 'end-user', text: string): string
  /** A well-formed `oc_sk_…` that the same scope always gives: for an answer that repeats a secret without storing it. */
  deriveUserKey(scope: string): string
}

export function createPepper(value: string): Pepper {
  const digest = (purpose: string, text: string) => createHmac('sha256', value).update(`${purpose}\0${text}`).digest()
  return {
    hash: (purpose, text) => digest(purpose, text).toString('hex'),
    deriveUserKey: (scope) => secretFromBytes('sk', digest('derived-user-key', scope)),
  }
}

/** The operator's pepper, or one made once and kept beside the SQLite file, readable by its owner only. */
export function loadPepper(configured: string | null, database: DatabaseAddress): Pepper {
  if (configured !== null) return createPepper(configured)
  if (database.location === ':memory:') return createPepper(randomBytes(32).toString('base64url'))
  return createPepper(readOrCreate(join(dirname(database.location), 'key-pepper')))
}

function readOrCreate(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  // Written aside and linked, so that of two processes that start at once both read one whole value.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  }
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}
