/** The bytes that make the structure of a JSON text. */
export const quote = 0x22
export const comma = 0x2c
export const colon = 0x3a
export const openBracket = 0x5b
export const closeBracket = 0x5d
export const openBrace = 0x7b
export const closeBrace = 0x7d
export const backslash = 0x5c

const structural = [quote, comma, colon, openBracket, closeBracket, openBrace, closeBrace]
/** Outside strings: 1 for all bytes that make no structure. */
export const isPlain = new Uint8Array(256).map((_, byte) => (structural.includes(byte) ? 0 : 1))

/** How many backslashes stand right before `end`, back to `start` at most: an odd number escapes what stands there. */
export function backslashesBefore(bytes: Uint8Array, start: number, end: number): number {
  let first = end
  while (first > start && bytes[first - 1] === backslash) first -= 1
  return end - first
}
