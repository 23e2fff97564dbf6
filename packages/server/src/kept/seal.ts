import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
/** Of nonce and tag together, in base64. */
const headCharacters = 4 * Math.ceil((nonceBytes + tagBytes) / 3)

/**
 * Encrypts a text with AES-256-GCM: nonce and tag, then the ciphertext, each in base64.
 * @param place where it belongs, authenticated with it: a row that was moved to another place does not open.
 */
export function seal(key: KeyObject, place: string, text: string): string {
  const nonce = nextNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place))
  const sealed = cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
  return Buffer.concat([nonce, cipher.getAuthTag()]).toString('base64') + sealed
}

/** @returns null for what was sealed with another key, for another place, or has been changed since. */
export function unseal(key: KeyObject, place: string, sealed: string): string | null {
  const head = Buffer.from(sealed.slice(0, headCharacters), 'base64')
  if (head.length < nonceBytes + tagBytes) return null
  const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(place)).setAuthTag(head.subarray(nonceBytes))
  try {
    return decipher.update(sealed.slice(headCharacters), 'base64', 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}

/** Asking the system for a few bytes costs as much as asking it for many. */
const pool = Buffer.alloc(nonceBytes * 256)
let used = pool.length

function nextNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const nonce = Buffer.from(pool.subarray(used, used + nonceBytes))
  used += nonceBytes
  return nonce
}
