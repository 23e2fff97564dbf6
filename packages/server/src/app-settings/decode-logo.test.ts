import { setImmediate } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeLogo } from './decode-logo.ts'

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 51, g: 102, b: 255, alpha: 0.5 } } })

const png = await picture(40, 20).png().toBuffer()
const tiff = await picture(4, 4).tiff().toBuffer()
const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
const jpeg = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#000', noise } })
  .jpeg()
  .toBuffer()

describe('decodeLogo', () => {
  it.each([
    ['PNG', () => picture(800, 400).png().toBuffer(), 512, 256],
    ['JPEG', () => picture(100, 100).jpeg().toBuffer(), 100, 100],
    ['WebP', () => picture(30, 60).webp().toBuffer(), 30, 60],
    ['GIF, moving', () => movingGif(), 8, 8],
    ['JPEG, turned by its metadata', () => picture(80, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer(), 40, 80],
  ])('makes a WebP of a %s', async (_type, make, width, height) => {
    const made = await sharp(await decodeLogo(await make())).metadata()
    expect(made).toMatchObject({ format: 'webp', width, height })
    expect(made.pages ?? 1).toBe(1)
  })

  it('unpacks one picture at a time', async () => {
    const progressive = await picture(1500, 1500).jpeg({ progressive: true }).toBuffer()
    let isDone = false
    const made = Promise.all(Array.from({ length: 4 }, () => decodeLogo(progressive))).finally(() => {
      isDone = true
    })
    let atOnce = 0
    while (!isDone) {
      const { queue, process } = sharp.counters()
      atOnce = Math.max(atOnce, queue + process)
      await setImmediate()
    }
    expect((await made).length).toBe(4)
    expect(atOnce).toBe(1)
  })

  it('keeps pixels alone: no metadata, no comment, nothing behind the picture', async () => {
    const told = await picture(20, 20)
      .withExif({ IFD0: { Copyright: 'canary-exif' } })
      .jpeg()
      .toBuffer()
    const polyglot = Buffer.concat([told, Buffer.from('<script>canary-script</script>PK\x03\x04')])
    const made = await decodeLogo(polyglot)
    expect(made.toString('latin1')).not.toMatch(/canary|Exif|script|PK/)
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['SVG', Buffer.from('<?xml version="1.0"?><svg onload="alert(1)"/>'), /SVG.*scripts.*PNG/],
    ['SVG behind a comment', Buffer.from('\n<!-- x --><svg/>'), /SVG/],
    ['HTML', Buffer.from('<html><script>alert(1)</script>'), /no PNG, JPEG, WebP or GIF/],
    ['PDF', Buffer.from('%PDF-1.7\n'), /no PNG/],
    ['TIFF, which the decoder knows', tiff, /no PNG/],
    ['nothing', Buffer.alloc(0), /no PNG/],
    ['a head alone', png.subarray(0, 40), /damaged/],
    ['half a PNG', png.subarray(0, png.length - 20), /damaged/],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), /damaged/],
    ['words that begin as a GIF does', Buffer.from('GIF89a<script>alert(1)</script>'), /damaged/],
    ['a bomb: 100 megapixels in 100 KB', bomb(10_000, 10_000), /16 million/],
    ['a bomb by its head: 4 gigapixels', bomb(65_535, 65_535, 1), /16 million/],
    ['more than a megabyte', Buffer.concat([png, Buffer.alloc(1024 * 1024)]), /at most 1 MB/],
  ])('refuses %s', async (_what, bytes, message) => {
    await expect(decodeLogo(bytes)).rejects.toMatchObject({ code: 'invalid_request', param: 'image' })
    await expect(decodeLogo(bytes)).rejects.toThrow(message)
  })
})

function movingGif(): Promise<Buffer> {
  const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 0), Buffer.alloc(8 * 8 * 3, 255)])
  return sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
    .gif()
    .toBuffer()
}

/** A PNG of one bit a pixel, all of them equal. @param rows as many as its data has */
function bomb(width: number, height: number, rows = height): Buffer {
  const data = deflateSync(Buffer.alloc(rows * (1 + Math.ceil(width / 8))))
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.writeUInt8(1, 8)
  const chunk = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, sum])
  }
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}
