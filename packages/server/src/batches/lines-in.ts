const newline = 0x0a
/** Space, and the bytes from tab to carriage return. */
const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

export interface NumberedLine {
  readonly text: Buffer
  /** Counts from 1, as an editor shows it. */
  readonly number: number
}

/** The lines of a file, from their first character on, without the blank ones, which cost no more than their bytes. */
export function* linesIn(bytes: Buffer): Generator<NumberedLine> {
  for (let at = 0, number = 1; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === newline) number += 1
    if (isBlank(byte)) continue
    const found = bytes.indexOf(newline, at)
    const end = found === -1 ? bytes.length : found
    yield { text: bytes.subarray(at, end), number }
    // The newline itself is the next byte.
    at = end - 1
  }
}
