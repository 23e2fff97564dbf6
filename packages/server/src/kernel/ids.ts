import { randomFillSync } from 'node:crypto'
import { systemClock } from './clock.ts'

/** In the order of their codes, so that what sorts texts by bytes sorts ids by time. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'
const timeCharacters = 8
const randomCharacters = 16

export type IdPrefix =
  | 'req'
  | 'usr'
  | 'par'
  | 'key'
  | 'pur'
  | 'lgn'
  | 'srv'
  | 'grt'
  | 'ses'
  | 'con'
  | 'act'
  | 'mail'
  | 'file'
  | 'msgbatch'
  | 'batch'
  | 'whe'
  | 'mem'
  | 'inv'

/**
 * A new id such as `req_4Jk…`: 8 characters of the time and 16 of chance, about 92 bits, so that nobody guesses
 * another's. Ids of one time are neighbours in an index: a busy store writes a few pages and not one for every row.
 */
export function newId(prefix: IdPrefix): string {
  let time = ''
  for (let rest = systemClock.nowMs(); time.length < timeCharacters; rest = Math.floor(rest / alphabet.length))
    time = alphabet.charAt(rest % alphabet.length) + time
  let chance = ''
  while (chance.length < randomCharacters) {
    const byte = nextByte()
    // Bytes past the last whole multiple of the alphabet would favour its first letters.
    if (byte < alphabet.length * 4) chance += alphabet.charAt(byte % alphabet.length)
  }
  return `${prefix}_${time}${chance}`
}

/** Asking the system for a few bytes costs as much as asking it for many. */
const pool = Buffer.alloc(4096)
let used = pool.length

function nextByte(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const byte = pool[used] ?? 0
  pool[used] = 0
  used += 1
  return byte
}
