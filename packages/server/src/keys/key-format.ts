import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** `pk` names an app in a page · `sk` spends a user's credits · `rk` reads and manages a partner's app. */
export type KeyKind = 'pk' | 'sk' | 'rk'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 43 characters of 62 hold 256 bits. */
const bodyLength = 43
/** 6 characters of 62 hold 32 bits. */
const checksumLength = 6

/** A new secret: `oc_sk_`, 256 random bits, a checksum. Scanners know it by its prefix, typos by the checksum. */
export function newSecret(kind: KeyKind): string {
  return secretFromBytes(kind, randomBytes(32))
}

/** The secret that these 32 bytes spell. */
export function secretFromBytes(kind: KeyKind, bytes: Uint8Array): string {
  const body = toBase62(BigInt(`0x${Buffer.from(bytes).toString('hex')}`), bodyLength)
  return `oc_${kind}_${body}${checksumOf(kind, body)}`
}

/** The kind of a well-formed secret, or null for anything else: a typo is found without asking the store. */
export function kindOfSecret(secret: string): KeyKind | null {
  const match = /^oc_(pk|sk|rk)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(secret)
  if (match === null) return null
  const [, kind, body = '', checksum] = match
  if (kind !== 'pk' && kind !== 'sk' && kind !== 'rk') return null
  return checksumOf(kind, body) === checksum ? kind : null
}

/** What is shown of a secret later on. */
export function lastFourOf(secret: string): string {
  return secret.slice(-4)
}

function checksumOf(kind: KeyKind, body: string): string {
  return toBase62(BigInt(crc32(`oc_${kind}_${body}`)), checksumLength)
}

function toBase62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text
  return text
}
