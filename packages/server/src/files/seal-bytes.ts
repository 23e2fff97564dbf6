import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** What sealing adds to the bytes. */
export const sealBytesAdded = nonceBytes + tagBytes

/**
 * Encrypts bytes with AES-256-GCM: nonce, tag, ciphertext.
 * @param place where they belong, authenticated with them: bytes that were moved to another place do not open.
 */
export function sealBytes(key: KeyObject, place: string, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place))
  const sealed = cipher.update(bytes)
  cipher.final()
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

/** @returns null for what was sealed with another key, for another place, or has been changed since. */
export function unsealBytes(key: KeyObject, place: string, sealed: Buffer): Buffer | null {
  if (sealed.length < sealBytesAdded) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(nonceBytes, sealBytesAdded))
  try {
    const bytes = decipher.update(sealed.subarray(sealBytesAdded))
    decipher.final()
    return bytes
  } catch {
    return null
  }
}

/** The same for a short text, in base64. */
export function sealText(key: KeyObject, place: string, text: string): string {
  return sealBytes(key, place, Buffer.from(text)).toString('base64')
}

export function unsealText(key: KeyObject, place: string, sealed: string): string | null {
  return unsealBytes(key, place, Buffer.from(sealed, 'base64'))?.toString() ?? null
}
