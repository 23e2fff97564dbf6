import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseAddress } from '../store/open-database.ts'
import { makePrivateFolderOf, narrow } from '../store/private-file.ts'
import { secretFromBytes } from './key-format.ts'

/** One pepper serves them all: a hash made for one purpose fits no other. */
export type HashPurpose =
  | 'secret'
  | 'login'
  | 'login-code'
  | 'session'
  | 'device'
  | 'consent'
  | 'claim'
  | 'passkey'
  | 'request-body'
  | 'file-content'
  | 'guest-scope'
  | 'end-user'
  | 'partner-user'
  | 'provider-key'
  | 'invitation'
  | 'invitation-token'

/** Keys a hash so that who copies the database alone can neither check nor forge a secret. */
export interface Pepper {
  /** HMAC-SHA-256, hex. */
  hash(purpose: HashPurpose, text: string): string
  /**
   * 32 bytes by HKDF-SHA-256 from a caller's own secret and the pepper, to encrypt what is kept for that caller. The store
   * has a secret by its hash alone, so its copy and the pepper together cannot make this key.
   */
  deriveKey(purpose: 'kept', secret: string): KeyObject
  /**
   * 32 bytes from the pepper alone, to wrap the key or seal the secret that is named so: whoever has the pepper and a copy
   * of the store can make it.
   */
  deriveWrappingKey(name: string, purpose?: 'file-key' | 'webhook-secret'): KeyObject
}

/**
 * Derives guests' keys. It is a pepper of its own because it makes secrets that spend, which `Pepper` cannot. The scope
 * is hashed under the other one first, so that neither pepper alone is enough, even with a copy of the database.
 */
export interface GuestPepper {
  /** A well-formed `oc_sk_…` that the same scope always gives: for an answer that repeats a secret without storing it. */
  deriveUserKey(scope: string, livemode: boolean): string
}

export function createPepper(value: string): Pepper {
  const derive = (purpose: 'kept' | 'file-key' | 'webhook-secret', secret: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, digest(value, purpose, ''), `opencredits ${purpose}`, 32)))
  return {
    hash: (purpose, text) => digest(value, purpose, text).toString('hex'),
    deriveKey: derive,
    deriveWrappingKey: (name, purpose = 'file-key') => derive(purpose, name),
  }
}

export function createGuestPepper(value: string): GuestPepper {
  return {
    deriveUserKey: (scope, livemode) => secretFromBytes({ kind: 'sk', livemode }, digest(value, 'guest-key', scope)),
  }
}

/** The operator's `KEY_PEPPER`, or one made once and kept beside the SQLite file. */
export function loadPepper(configured: string | null, database: DatabaseAddress): Pepper {
  return createPepper(configured ?? readOrCreate(database, 'key-pepper'))
}

/** The operator's `GUEST_PEPPER`, or one made once and kept beside the SQLite file. Losing it costs nothing after ten minutes. */
export function loadGuestPepper(configured: string | null, database: DatabaseAddress): GuestPepper {
  return createGuestPepper(configured ?? readOrCreate(database, 'guest-pepper'))
}

function digest(pepper: string, purpose: string, text: string): Buffer {
  return createHmac('sha256', pepper).update(`${purpose}\0${text}`).digest()
}

function readOrCreate(database: DatabaseAddress, name: string): string {
  if (database.location === ':memory:') return newPepper()
  const path = join(dirname(database.location), name)
  makePrivateFolderOf(path)
  // Written aside and linked, so that of two processes that start at once both read one whole value.
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    return readPrivate(path)
  } catch {
    writeFileSync(draft, `${newPepper()}\n`, { mode: 0o600 })
  }
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return readPrivate(path)
}

function readPrivate(path: string): string {
  const text = readFileSync(path, 'utf8').trim()
  narrow(path)
  return text
}

function newPepper(): string {
  return randomBytes(32).toString('base64url')
}
