import type { ImageSize } from './image-size.ts'
import { familyOf } from './model-facts.ts'

/** What a picture costs with a model. @param size null where the model's most is meant */
export function imageTokens(model: string, size: ImageSize | null, detail = 'auto'): number {
  const id = model.replace(/^models\//, '')
  switch (familyOf(id)) {
    case 'anthropic':
      return anthropicTokens(id, size)
    case 'openai':
      return openaiTokens(id, size, detail)
    case 'google':
      return googleTokens(id, size)
    case 'xai':
      return xaiTokens(size)
  }
}

/**
 * Scaled down to the longest edge and the most tokens, then width × height ÷ 750, or a token for each 28 × 28 pixels.
 * https://platform.claude.com/docs/en/build-with-claude/vision: 1568 pixels and about 1600 tokens; since Opus 4.7 2576 and 4784.
 */
function anthropicTokens(id: string, size: ImageSize | null): number {
  const [edge, most] = /opus-4-[78]|(opus|sonnet|haiku|fable)-5|fable/.test(id) ? [2576, 4784] : [1568, 1600]
  if (size === null) return most
  const { width, height } = fit(size, edge)
  return Math.min(most, Math.max((width * height) / 750, Math.ceil(width / 28) * Math.ceil(height / 28)))
}

type Tiles = readonly [base: number, tile: number]

/** https://developers.openai.com/api/docs/guides/images-vision#calculating-costs: tokens at once, and for each tile of 512 pixels. */
const tiles: readonly (readonly [RegExp, Tiles])[] = [
  [/^gpt-4o-mini/, [2833, 5667]],
  [/^gpt-(4o|4\.1|4\.5)(?!-(mini|nano))/, [85, 170]],
  [/^o1|^o3/, [75, 150]],
  [/^gpt-5(\.1)?(?!\.|-(mini|nano)|-codex-mini)/, [70, 140]],
]

/** The same page: models that count patches of 32 pixels, with what each patch costs, and the most patches. */
const patches: readonly (readonly [RegExp, factor: number, most: number])[] = [
  [/^gpt-(4\.1|5|5\.4)-nano/, 2.46, 1536],
  [/^gpt-(4\.1|5|5\.4)-mini|^gpt-5\.1-codex-mini/, 1.62, 1536],
  [/^o4-mini/, 1.72, 1536],
  [/^gpt-5\.[23]/, 1, 1536],
  [/^gpt-5\.[45]/, 1, 10_000],
  [/^/, 1.2, 10_000],
]

const highDetailPatches = 2500
/** "A low-resolution 512px x 512px version of the image." */
const lowDetailPatches = 256

function openaiTokens(id: string, size: ImageSize | null, detail: string): number {
  const byTile = tiles.find(([pattern]) => pattern.test(id))?.[1]
  if (byTile !== undefined) {
    const [base, tile] = byTile
    return detail === 'low' ? base : base + tile * tileCount(size)
  }
  const [, factor, most] = patches.find(([pattern]) => pattern.test(id)) ?? [null, 1.2, 10_000]
  // Without a word on it GPT-5.5 and later see the original, models before it see as in `high`.
  const isHigh = detail === 'high' || (detail !== 'original' && /^gpt-5\.4/.test(id))
  const limit = detail === 'low' ? lowDetailPatches : isHigh ? Math.min(most, highDetailPatches) : most
  if (size === null) return Math.ceil(limit * factor)
  return Math.ceil(Math.min(limit, Math.ceil(size.width / 32) * Math.ceil(size.height / 32)) * factor)
}

/** Into a square of 2048, then down to 768 on the short side: eight tiles at most. */
function tileCount(size: ImageSize | null): number {
  if (size === null) return 8
  const inSquare = fit(size, 2048)
  const scale = Math.min(1, 768 / Math.min(inSquare.width, inSquare.height))
  return Math.ceil((inSquare.width * scale) / 512) * Math.ceil((inSquare.height * scale) / 512)
}

/**
 * Gemini 2: 258 when both sides are at most 384, else 258 for each tile of about the short side ÷ 1.5
 * (https://ai.google.dev/gemini-api/docs/image-understanding); since Gemini 3 at most 1120 a picture (…/media-resolution).
 */
function googleTokens(id: string, size: ImageSize | null): number {
  const isTiled = /^gemini-[12]/.test(id)
  if (!isTiled) return 1120
  if (size === null) return 258 * 6
  const { width, height } = size
  if (width <= 384 && height <= 384) return 258
  const unit = Math.min(768, Math.max(256, Math.floor(Math.min(width, height) / 1.5)))
  return 258 * Math.ceil(width / unit) * Math.ceil(height / unit)
}

/** https://docs.x.ai/docs/guides/image-understanding: 256 for each tile of 448 pixels, at most six, and 256 for the whole. */
function xaiTokens(size: ImageSize | null): number {
  const count = size === null ? 6 : Math.ceil(size.width / 448) * Math.ceil(size.height / 448)
  return 256 * (Math.min(6, count) + 1)
}

function fit({ width, height }: ImageSize, edge: number): ImageSize {
  const scale = Math.min(1, edge / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
