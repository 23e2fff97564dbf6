import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** `pk` names an app in a page · `sk` spends a user's credits · `rk` reads and manages a partner's app. */
export type KeyKind = 'pk' | 'sk' | 'rk'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 43 characters of 62 hold 256 bits. */
const bodyLength = 43
/** 6 characters of 62 hold 32 bits. */
const checksumLength = 6

/** What a well-formed secret says of itself. */
export interface SecretClaims {
  readonly kind: KeyKind
  /** False for `oc_sk_test_…` and its like: the key works in the test world alone. */
  readonly livemode: boolean
}

/**
 * A new secret: `oc_sk_` or `oc_sk_test_`, 256 random bits, a checksum. Scanners know it by its prefix, typos by the
 * checksum, which covers the prefix: a live key that somebody makes into a test key by hand is mistyped.
 */
export function newSecret(kind: KeyKind, livemode: boolean): string {
  return secretFromBytes({ kind, livemode }, randomBytes(32))
}

/** The secret that these 32 bytes spell. */
export function secretFromBytes(claims: SecretClaims, bytes: Uint8Array): string {
  const text = `${prefixOf(claims)}${toBase62(BigInt(`0x${Buffer.from(bytes).toString('hex')}`), bodyLength)}`
  return `${text}${checksumOf(text)}`
}

/** What a well-formed secret says of itself, or null for anything else: a typo is found without asking the store. */
export function readSecret(secret: string): SecretClaims | null {
  const match = /^(oc_(pk|sk|rk)_(test_)?[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(secret)
  if (match === null) return null
  const [, text = '', kind, test, checksum] = match
  if (kind !== 'pk' && kind !== 'sk' && kind !== 'rk') return null
  return checksumOf(text) === checksum ? { kind, livemode: test === undefined } : null
}

/** The kind of a well-formed secret of either world, or null for anything else. */
export function kindOfSecret(secret: string): KeyKind | null {
  return readSecret(secret)?.kind ?? null
}

/** `oc_sk_`, or `oc_sk_test_` in the test world. */
export function prefixOf({ kind, livemode }: SecretClaims): string {
  return livemode ? `oc_${kind}_` : `oc_${kind}_test_`
}

/** What is shown of a secret later on. */
export function lastFourOf(secret: string): string {
  return secret.slice(-4)
}

function checksumOf(text: string): string {
  return toBase62(BigInt(crc32(text)), checksumLength)
}

function toBase62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text
  return text
}
