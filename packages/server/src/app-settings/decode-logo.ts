import { logoBytesMax } from '@opencredits/protocol'
import sharp from 'sharp'
import { AppError } from '../kernel/app-error.ts'

/** A logo is shown at 40 pixels, on dense screens at 120; mails and receipts take up to 512. */
const sideMax = 512
/** What a picture of a megabyte may unpack to: 64 MB in memory. */
const pixelsMax = 16_000_000

// The decoder keeps no pictures between uploads, and one upload uses one processor.
sharp.cache(false)
sharp.concurrency(1)

/**
 * Decodes a picture and makes a new one of its pixels alone: WebP, at most 512 × 512, without metadata and without whatever
 * else its bytes were. Of moving pictures it takes the first frame. Pictures wait for each other.
 * @throws AppError `invalid_request` for what is no PNG, JPEG, WebP or GIF, is damaged, or has too many pixels.
 */
export async function decodeLogo(bytes: Uint8Array): Promise<Buffer> {
  if (bytes.length > logoBytesMax) throw refused(`is ${bytes.length} bytes long; expected at most 1 MB`)
  refuseOtherTypes(bytes)
  const made = lastMade.then(() => makeWebp(bytes))
  lastMade = made.catch(() => null)
  return made
}

/** A JPEG of few bytes can take a hundred megabytes while it is unpacked, which several at once would take several times. */
let lastMade: Promise<unknown> = Promise.resolve()

async function makeWebp(bytes: Uint8Array): Promise<Buffer> {
  const picture = sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'warning', pages: 1 })
  try {
    const { width = 0, height = 0 } = await picture.metadata()
    if (width * height > pixelsMax)
      throw refused(`has ${width} × ${height} pixels; expected at most 16 million. Make it smaller`)
    return await picture
      .rotate()
      .resize(sideMax, sideMax, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 90, alphaQuality: 100 })
      .toBuffer()
  } catch (error) {
    if (error instanceof AppError) throw error
    const isTooLarge = error instanceof Error && /pixel limit/i.test(error.message)
    throw refused(
      isTooLarge
        ? 'has too many pixels; expected at most 16 million. Make it smaller'
        : 'is damaged: it could not be read to its end. Export it again',
      error,
    )
  }
}

/** By what the file is, whatever its name says. Nothing else reaches the decoder, which knows many formats. */
function refuseOtherTypes(bytes: Uint8Array): void {
  const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n') || head.startsWith('\xff\xd8\xff') || /^GIF8[79]a/.test(head)) return
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return
  if (/^[\s\xef\xbb\xbf]*<(\?xml|!doctype svg|!--|svg)/i.test(head))
    throw refused('is SVG, which can hold scripts and links to other places. Export it as PNG')
  throw refused('is no PNG, JPEG, WebP or GIF')
}

function refused(why: string, cause?: unknown): AppError {
  return new AppError('invalid_request', `image: the picture ${why}.`, { param: 'image', cause })
}
