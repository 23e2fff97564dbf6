import type { Model } from '../../pricing/catalogue.ts'
import { type ImageDetail, imageTokensMax } from '../../pricing/image-tokens.ts'
import type { CacheWrite, ImageInPrompt, PdfInPrompt, PromptParts, SoundInPrompt } from './prompt-parts.ts'
import { readImageSize } from './read-image-size.ts'
import { readSoundSeconds } from './read-sound-length.ts'

/** The most that a prompt can count, whatever tokenizer its model has (gateway.md, *Ceilings*). */
export interface InputBound {
  readonly tokens: number
  /** About as many as it will count: what is told before the provider tells, and charged where it never does. */
  readonly likelyTokens: number
  /** What the model reads besides, while its provider runs tools for it. */
  readonly rereadTokens: number
  readonly cacheWrite: CacheWrite
  readonly webSearchesMax: number
  /** Prompt and answer together are no longer than this; null where each has its own limit. */
  readonly sharedWindowTokens: number | null
  /** Whether this is an exact count already, and its margin. */
  readonly isCounted: boolean
  /** Whether an exact count can be lower: not where something of unknown length is fetched later. */
  readonly canBeCounted: boolean
}

export interface Prompt {
  readonly parts: PromptParts
  /** UTF-8 bytes of the body as it goes out. */
  readonly bodyBytes: number
  readonly model: Model
  /** Pages of its PDFs, in their order; null for one that could not be read. */
  readonly pdfPages: readonly (number | null)[]
}

/**
 * Bounds a prompt without counting it. Text is at most its UTF-8 bytes: no byte-level tokenizer makes more tokens. All
 * of the body is taken, JSON and all, so whatever a provider makes of names, schemas and turns is bounded too.
 */
export function boundInput(prompt: Prompt): InputBound {
  const { parts, bodyBytes, model } = prompt
  const textBytes = bodyBytes - parts.mediaCharacters
  const media = mediaTokens(prompt)
  const known = textBytes + addedTokens(prompt) + (media ?? 0)
  const tokens = media === null || parts.hasUnknown ? model.contextWindow : known
  const likelyTokens = Math.ceil(textBytes / bytesPerTokenLikely) + addedTokens(prompt) + (media ?? 0)
  return completeBound(prompt, tokens, likelyTokens)
}

/** The bound of the whole window: for what nobody knows, and for users whose bounds failed before. */
export function boundByWindow(prompt: Prompt): InputBound {
  return { ...completeBound(prompt, prompt.model.contextWindow, boundInput(prompt).likelyTokens), canBeCounted: false }
}

/** The bound by a count of the prompt. */
export function boundByCount(prompt: Prompt, countedTokens: number): InputBound {
  const tokens = Math.ceil(countedTokens * (1 + countMargin))
  return { ...completeBound(prompt, tokens, countedTokens), canBeCounted: false, isCounted: true }
}

/** What a count may differ by from the bill: Anthropic calls its own an estimate. */
const countMargin = 0.02
/** English has some 4.5 bytes a token, and a body is not all English. */
const bytesPerTokenLikely = 4

function completeBound(prompt: Prompt, tokensMax: number, likelyTokens: number): InputBound {
  const { parts, model } = prompt
  // Vectors of many texts are made in one request, each of them as long as the window.
  const tokens = model.kind === 'embedding' ? tokensMax : Math.min(tokensMax, model.contextWindow)
  return {
    tokens,
    likelyTokens: Math.min(tokens, likelyTokens),
    rereadTokens: rereadTokens(prompt, tokens),
    cacheWrite: cacheWriteOf(prompt),
    webSearchesMax: parts.webSearchesMax,
    sharedWindowTokens: model.ceilings.isWindowShared && parts.rereadsMax === 0 ? model.contextWindow : null,
    isCounted: false,
    canBeCounted: canBeCounted(prompt),
  }
}

/** Only a provider knows what lies at an address. */
function canBeCounted({ parts, model }: Prompt): boolean {
  const isByUrl = parts.images.some(({ data }) => data === null)
  return model.kind === 'language' && !parts.hasUnknown && (!isByUrl || model.ceilings.countedBy === 'provider')
}

/** Some providers write every prompt to a cache, asked or not, and some bill it. */
function cacheWriteOf({ parts, model }: Prompt): CacheWrite {
  const { rates } = model.price
  const isWritten = model.provider !== 'anthropic' || parts.rereadsMax > 0
  const isDearer = rates.cacheWrite5mPerMillion > rates.inputPerMillion
  return parts.cacheWrite === 'none' && isWritten && isDearer ? '5m' : parts.cacheWrite
}

export function addedTokens({ parts, model: { ceilings } }: Prompt): number {
  return ceilings.addedTokens + parts.typedToolTokens + (parts.hasTools ? ceilings.toolsPromptTokens : 0)
}

/** @returns null where one of the parts has no known bound: an image by its URL is fetched later, and may be another. */
export function mediaTokens(prompt: Prompt): number | null {
  const { images, pdfs, sounds } = prompt.parts
  if (images.length === 0 && pdfs.length === 0 && sounds.length === 0) return 0
  const counts = [
    ...images.map((image) => tokensOfImage(prompt.model, image)),
    ...pdfs.map((pdf, index) => tokensOfPdf(prompt.model, pdf, prompt.pdfPages[index] ?? null)),
    ...sounds.map((sound) => tokensOfSound(prompt.model, sound)),
  ]
  return counts.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0)
}

function tokensOfImage({ ceilings }: Model, { data, detail }: ImageInPrompt): number | null {
  return ceilings.image === null || data === null ? null : imageTokensMax(ceilings.image, readImageSize(data), detail)
}

/** The largest image that a model sees; null where there is no such. */
export function largestImageTokens({ ceilings }: Model, detail: ImageDetail): number | null {
  return ceilings.image === null ? null : imageTokensMax(ceilings.image, null, detail)
}

function tokensOfPdf(model: Model, { detail }: PdfInPrompt, pages: number | null): number | null {
  const { ceilings } = model
  const text = ceilings.pdfPageTextTokens
  const image = ceilings.pdfPageImageTokens ?? largestImageTokens(model, detail)
  return pages === null || text === null || image === null ? null : pages * (text + image)
}

function tokensOfSound({ ceilings }: Model, { data }: SoundInPrompt): number | null {
  const seconds = ceilings.audioTokensPerSecond === null ? null : readSoundSeconds(data)
  return seconds === null || ceilings.audioTokensPerSecond === null
    ? null
    : Math.ceil(seconds * ceilings.audioTokensPerSecond)
}

/** What one search adds is not documented: an assumption, which counts only where many searches are asked for. */
const resultTokensOfSearch = 25_000

/**
 * A provider that runs tools lets the model read the prompt again after each, with all results so far, and bills the sum
 * of the readings. All results together are taken for the window at least.
 */
function rereadTokens({ parts, model }: Prompt, promptTokens: number): number {
  const { rereadsMax, webSearchesMax } = parts
  if (rereadsMax === 0) return 0
  const added = (resultTokensOfSearch * webSearchesMax * (webSearchesMax + 1)) / 2
  const results = Math.max(model.contextWindow, added)
  return Math.min(rereadsMax * promptTokens + results, (rereadsMax + 1) * model.contextWindow - promptTokens)
}
