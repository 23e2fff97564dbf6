import type { Readable } from 'node:stream'

/** Reads a stream to its end. @returns null when it breaks off or is longer than `bytesMax`. */
export async function readWhole(body: Readable, bytesMax: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of body) {
      bytes += part.length
      if (bytes > bytesMax) return null
      parts.push(part)
    }
  } catch {
    return null
  }
  return Buffer.concat(parts)
}
