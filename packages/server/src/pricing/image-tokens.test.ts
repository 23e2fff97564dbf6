import { describe, expect, it } from 'vitest'
import { catalogueEntries } from './catalogue-data.ts'
import { type ImageDetail, type ImageSize, imageTokensMax } from './image-tokens.ts'
import { findCeilings, listedCeilings } from './input-ceilings.ts'

/** What a document says of an image, and what is taken here: the same, or up to the model's own maximum where it is scaled. */
type Line = readonly [
  model: string,
  size: string | null,
  detail: ImageDetail,
  documented: number | null,
  taken: number | null,
]

const anthropic: readonly Line[] = [
  // The table of https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size, and of it as it was
  ['anthropic/claude-haiku-4-5-20251001', '200x200', 'auto', 64, 64],
  ['anthropic/claude-haiku-4-5-20251001', '1000x1000', 'auto', 1334, 1334],
  ['anthropic/claude-haiku-4-5-20251001', '1092x1092', 'auto', 1590, 1590],
  ['anthropic/claude-haiku-4-5-20251001', '1920x1080', 'auto', 1560, 1600],
  ['anthropic/claude-haiku-4-5-20251001', '2000x1500', 'auto', 1564, 1600],
  ['anthropic/claude-haiku-4-5-20251001', '3840x2160', 'auto', 1560, 1600],
  ['anthropic/claude-opus-5', '200x200', 'auto', 64, 64],
  ['anthropic/claude-opus-5', '1920x1080', 'auto', 2691, 2765],
  ['anthropic/claude-opus-5', '2000x1500', 'auto', 3888, 4000],
  ['anthropic/claude-opus-5', '3840x2160', 'auto', 4784, 4784],
  ['anthropic/claude-opus-5', null, 'auto', 4784, 4784],
  ['anthropic/claude-sonnet-4-20250514', null, 'auto', 1568, 1600],
]

const openai: readonly Line[] = [
  // The examples of https://developers.openai.com/api/docs/guides/images-vision#calculating-costs, by their multipliers
  ['openai/gpt-5.2', '1024x1024', 'high', 1024, 1024],
  ['openai/gpt-5.2', '1800x2400', 'high', 1452, 1536],
  ['openai/gpt-5-mini', '1024x1024', 'auto', Math.ceil(1024 * 1.62), 1659],
  ['openai/gpt-5-nano', '1024x1024', 'auto', Math.ceil(1024 * 2.46), 2520],
  ['openai/o4-mini', '1800x2400', 'auto', Math.ceil(1452 * 1.72), 2642],
  ['openai/gpt-5.4', '6000x6000', 'auto', null, 2500],
  ['openai/gpt-5.4', '6000x6000', 'original', null, 10_000],
  ['openai/gpt-5.5', '6000x6000', 'auto', null, 10_000],
  ['openai/gpt-5.5', '6000x6000', 'high', null, 2500],
  ['openai/gpt-5.5', '6000x6000', 'low', null, 256],
  ['openai/gpt-4o', '1024x1024', 'high', 765, 765],
  ['openai/gpt-4o', '2048x4096', 'high', 1105, 1105],
  ['openai/gpt-4o', '4096x8192', 'low', 85, 85],
  ['openai/gpt-4o', null, 'auto', null, 85 + 8 * 170],
  // 33 times as many: a request costs the same as of its elder sister, by a price that is a seventeenth.
  ['openai/gpt-4o-mini', '1024x1024', 'high', 2833 + 4 * 5667, 25_501],
  ['openai/gpt-4o-mini', '1024x1024', 'low', 2833, 2833],
  ['openai/gpt-5', '1024x1024', 'high', 70 + 4 * 140, 630],
  ['openai/o3', '1024x1024', 'high', 75 + 4 * 150, 675],
]

const others: readonly Line[] = [
  // https://ai.google.dev/gemini-api/docs/image-understanding#token-calculation: 960 × 540 is six crops
  ['google/gemini-2.5-pro', '384x384', 'auto', 258, 2304],
  ['google/gemini-2.5-pro', '960x540', 'auto', 6 * 258, 2304],
  ['google/gemini-2.5-pro', '4000x500', 'auto', null, 26 * 258],
  ['google/gemini-2.5-pro', '4000x3000', 'auto', 24 * 258, 24 * 258],
  ['google/gemini-2.5-pro', null, 'auto', null, null],
  ['google/gemini-3.5-flash', '4000x4000', 'auto', 1120, 2240],
  ['xai/grok-4-0709', '4000x4000', 'auto', 1792, 1792],
]

describe('imageTokensMax', () => {
  for (const [id, size, detail, documented, taken] of [...anthropic, ...openai, ...others]) {
    it(`${id} sees ${size} (${detail}): documented ${documented}, taken ${taken}`, () => {
      const formula = listedCeilings[id]?.image
      if (formula === null || formula === undefined) throw new Error(`${id} has no formula`)
      const tokens = imageTokensMax(formula, size === null ? null : sizeOf(size), detail)
      expect(tokens).toBe(taken)
      expect(tokens ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(documented ?? 0)
    })
  }

  it('is never less for a larger image, nor more than for one of unknown size', () => {
    for (const [id, { image }] of Object.entries(listedCeilings)) {
      if (image === null || image.by === 'crops') continue
      for (const detail of ['low', 'high', 'original', 'auto'] as const) {
        const largest = imageTokensMax(image, null, detail) ?? 0
        const square = [1, 100, 600, 2000, 9000].map((side) => ({ widthPixels: side, heightPixels: side }))
        for (const size of square) expect(imageTokensMax(image, size, detail), id).toBeLessThanOrEqual(largest)
      }
    }
  })
})

describe('listedCeilings', () => {
  it('has a line for every model of the catalogue, and none for others', () =>
    expect(Object.keys(listedCeilings).sort()).toEqual(
      catalogueEntries.map(({ provider, model }) => `${provider}/${model}`).sort(),
    ))

  it('knows nothing of the media of a model that nobody listed', () =>
    expect(findCeilings('openai', 'openai/gpt-7')).toMatchObject({
      image: null,
      pdfPageTextTokens: null,
      audioTokensPerSecond: null,
    }))
})

function sizeOf(text: string): ImageSize {
  const [widthPixels = 0, heightPixels = 0] = text.split('x').map(Number)
  return { widthPixels, heightPixels }
}
