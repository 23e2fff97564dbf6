import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'

export type IdPrefix = 'req' | 'usr' | 'par' | 'key' | 'pur' | 'lgn' | 'srv' | 'grt'

/** A new id such as `req_4Jk…`: 24 characters of 54, about 138 bits, so that nobody guesses another's. */
export function newId(prefix: IdPrefix): string {
  let id = `${prefix}_`
  while (id.length < prefix.length + 25) {
    for (const byte of randomBytes(32)) {
      // Bytes past the last whole multiple of the alphabet would favour its first letters.
      if (byte < alphabet.length * 4 && id.length < prefix.length + 25) id += alphabet[byte % alphabet.length]
    }
  }
  return id
}
