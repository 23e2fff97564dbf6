export interface ImageSize {
  readonly widthPixels: number
  readonly heightPixels: number
}

/** What a request may say of an image; `auto` is also what it means to say nothing. */
export type ImageDetail = 'low' | 'high' | 'original' | 'auto'

/** How a model counts an image, as its provider documents it. */
export type ImageFormula =
  /** One token for each square of so many pixels, and never more squares than this: larger images are scaled down. */
  | {
      readonly by: 'patches'
      readonly patchPixels: number
      /** Where an older document counts by the area: pixels of a token. */
      readonly tokenAreaPixels?: number
      readonly patchesMax: Readonly<Record<ImageDetail, number>>
      /** Tokens for a patch, in hundredths. */
      readonly patchTokenHundredths: number
    }
  /** A base, and as much again for each square of 512 pixels of the image after it was scaled. */
  | { readonly by: 'tiles'; readonly baseTokens: number; readonly tileTokens: number }
  /** As much for each crop, whose size depends on the shorter side; of any number. */
  | { readonly by: 'crops'; readonly cropTokens: number; readonly tokensMin: number }
  /** No more than this, whatever the size. */
  | { readonly by: 'image'; readonly tokensMax: number }

/**
 * The most tokens that an image counts.
 * @param size null where it is not known: then as the largest image.
 * @returns null where images may be of any size, and this one's is not known.
 */
export function imageTokensMax(formula: ImageFormula, size: ImageSize | null, detail: ImageDetail): number | null {
  switch (formula.by) {
    case 'patches': {
      const most = formula.patchesMax[detail]
      const patches = size === null ? most : Math.min(most, patchesOf(size, formula))
      return Math.ceil((patches * formula.patchTokenHundredths) / 100)
    }
    case 'tiles':
      return formula.baseTokens + (detail === 'low' ? 0 : tilesOf(size) * formula.tileTokens)
    case 'crops':
      return size === null ? null : Math.max(formula.tokensMin, cropsOf(size) * formula.cropTokens)
    case 'image':
      return formula.tokensMax
  }
}

function patchesOf(
  { widthPixels, heightPixels }: ImageSize,
  { patchPixels, tokenAreaPixels = patchPixels ** 2 }: Extract<ImageFormula, { readonly by: 'patches' }>,
): number {
  const patches = Math.ceil(widthPixels / patchPixels) * Math.ceil(heightPixels / patchPixels)
  return Math.max(patches, Math.ceil((widthPixels * heightPixels) / tokenAreaPixels))
}

const tilePixels = 512
const squarePixels = 2048
const shortestSidePixels = 768
/** 2048 × 768 pixels: nothing larger is left after scaling. */
const tilesMax = 8

/** The image is scaled to fit a square, then so that its shorter side has 768 pixels. */
function tilesOf(size: ImageSize | null): number {
  if (size === null) return tilesMax
  const { widthPixels, heightPixels } = size
  const fit = Math.min(1, squarePixels / Math.max(widthPixels, heightPixels))
  const scale = fit * (shortestSidePixels / (Math.min(widthPixels, heightPixels) * fit))
  const tiles = Math.ceil((widthPixels * scale) / tilePixels) * Math.ceil((heightPixels * scale) / tilePixels)
  return Math.min(tilesMax, tiles)
}

const onlyCropPixelsMax = 384
const cropPixelsMax = 768

function cropsOf({ widthPixels, heightPixels }: ImageSize): number {
  if (Math.max(widthPixels, heightPixels) <= onlyCropPixelsMax) return 1
  const unit = Math.min(cropPixelsMax, Math.max(1, Math.floor(Math.min(widthPixels, heightPixels) / 1.5)))
  return Math.ceil(widthPixels / unit) * Math.ceil(heightPixels / unit)
}
