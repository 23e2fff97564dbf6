import { deflateSync } from 'node:zlib'

/** Media for the tests, in base64: what matters is in their headers. */

/** A PNG that says it is so large. Its pixels are missing. */
export function writePng(widthPixels: number, heightPixels: number): string {
  const header = Buffer.alloc(25)
  header.writeUInt32BE(13)
  header.write('IHDR', 4)
  header.writeUInt32BE(widthPixels, 8)
  header.writeUInt32BE(heightPixels, 12)
  header.set([8, 6, 0, 0, 0], 16)
  const pixels = deflateSync(Buffer.alloc(16))
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), header, Buffer.from('IDAT'), pixels]).toString(
    'base64',
  )
}

/** @param before segments in front of the one that tells the size. */
export function writeJpeg(widthPixels: number, heightPixels: number, before: Buffer = Buffer.alloc(0)): string {
  const size = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
  size.writeUInt16BE(heightPixels, 5)
  size.writeUInt16BE(widthPixels, 7)
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0])
  return Buffer.concat([start, before, size, Buffer.from([0xff, 0xda])]).toString('base64')
}

export function writeGif(widthPixels: number, heightPixels: number): string {
  const header = Buffer.from('GIF89a\0\0\0\0\0\0\0', 'latin1')
  header.writeUInt16LE(widthPixels, 6)
  header.writeUInt16LE(heightPixels, 8)
  return header.toString('base64')
}

/** Silence. @param codec 1 is plain samples. */
export function writeWav(seconds: number, { framesPerSecond = 8000, codec = 1 } = {}): string {
  const samples = Buffer.alloc(seconds * framesPerSecond * 2)
  const header = Buffer.alloc(44)
  header.write('RIFF')
  header.writeUInt32LE(36 + samples.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(codec, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(framesPerSecond, 24)
  header.writeUInt32LE(framesPerSecond * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  // As if it were a second: the header is not believed.
  header.writeUInt32LE(framesPerSecond * 2, 40)
  return Buffer.concat([header, samples]).toString('base64')
}

/** What begins as a PDF. */
export const pdfData = Buffer.from(`%PDF-1.7\n${'0'.repeat(3000)}`).toString('base64')
