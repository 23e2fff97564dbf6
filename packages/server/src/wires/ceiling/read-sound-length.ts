/** The chunks before the sound itself are small. */
const headerCharactersMax = 64 * 1024
const uncompressed = new Set([1, 3])

/**
 * Seconds of a WAV in base64, by its header: all of its bytes count as sound, whatever the header says of their number.
 * @returns null for what is no uncompressed WAV.
 */
export function readSoundSeconds(data: string): number | null {
  const bytes = Buffer.from(data.slice(0, headerCharactersMax), 'base64')
  if (bytes.length < 44 || tagAt(bytes, 0) !== 'RIFF' || tagAt(bytes, 8) !== 'WAVE') return null
  let offset = 12
  while (offset + 24 <= bytes.length) {
    const chunkBytes = bytes.readUInt32LE(offset + 4)
    if (tagAt(bytes, offset) === 'fmt ') return secondsOf(bytes.subarray(offset + 8), Math.ceil((data.length * 3) / 4))
    offset += 8 + chunkBytes + (chunkBytes % 2)
  }
  return null
}

function secondsOf(format: Buffer, bytesMax: number): number | null {
  if (!uncompressed.has(format.readUInt16LE(0))) return null
  const [channels, framesPerSecond, bitsPerSample] = [
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ]
  const bytesPerSecond = channels * framesPerSecond * Math.floor(bitsPerSample / 8)
  return bytesPerSecond > 0 ? bytesMax / bytesPerSecond : null
}

function tagAt(bytes: Buffer, offset: number): string {
  return bytes.toString('latin1', offset, offset + 4)
}
