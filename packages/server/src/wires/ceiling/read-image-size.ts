import { imageSize } from 'image-size'
import type { ImageSize } from '../../pricing/image-tokens.ts'

/** Enough for the header of an image with a colour profile and a preview in it. */
const headerCharactersMax = 256 * 1024

/**
 * The size of an image in base64, from its header alone.
 * @returns null where the header does not tell: then the image counts as the largest. So does every GIF: a frame may be
 * larger than the header says.
 */
export function readImageSize(data: string): ImageSize | null {
  try {
    const { width, height, type } = imageSize(Buffer.from(data.slice(0, headerCharactersMax), 'base64'))
    const isSure = type === 'png' || type === 'jpg' || type === 'webp'
    return isSure && width > 0 && height > 0 ? { widthPixels: width, heightPixels: height } : null
  } catch {
    return null
  }
}
