import type { ImageFormula } from './image-tokens.ts'

/**
 * What a model may make of the parts of a prompt, at most. Null where its provider documents no figure: then a part of
 * that kind is taken for the whole context window.
 */
export interface InputCeilings {
  readonly image: ImageFormula | null
  /** What a page adds as text, beside its image. */
  readonly pdfPageTextTokens: number | null
  /** What a page counts as an image; null: as much as the largest image. */
  readonly pdfPageImageTokens: number | null
  readonly audioTokensPerSecond: number | null
  /** The system prompt that the provider adds where there are tools. */
  readonly toolsPromptTokens: number
  /** What the provider adds to every prompt. */
  readonly addedTokens: number
  /** Whether the number of its web searches can be bounded; what they bring is taken for the context window. */
  readonly areSearchesBounded: boolean
  /** Whether prompt and answer share the context window, or the prompt has it for itself. */
  readonly isWindowShared: boolean
  /** Whether the provider ends an answer at the catalogue's `maxTokens` by itself; else the limit always goes out. */
  readonly isAnswerLimited: boolean
  /** Who counts a prompt exactly when its bound cannot be paid. */
  readonly countedBy: 'provider' | 'own_tokenizer' | 'similar_tokenizer'
}

/**
 * Tokens that a provider's own tools add to the prompt, by the beginning of their type.
 * Source: https://platform.claude.com/docs/en/about-claude/pricing#specific-tool-pricing. A tool that is not documented
 * is taken for the largest that is: the browser with all of its members.
 */
export const typedToolTokens: readonly (readonly [prefix: string, tokens: number])[] = [
  ['bash_', 325],
  ['text_editor_', 700],
  ['computer_toolset_', 4_590],
  // 735 for its definition and up to 499 for its part of the system prompt.
  ['computer_2', 1_234],
]
/** 6 670 by default, 880 for the optional members. */
export const undocumentedToolTokens = 7_550

/**
 * https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size: a token for each patch. Before, the
 * page said width × height ÷ 750 and about 1 600 at most, and an older model may still count so.
 */
function anthropicImage(visualTokensMax: number): ImageFormula {
  const most = visualTokensMax
  return {
    by: 'patches',
    patchPixels: 28,
    tokenAreaPixels: 750,
    patchesMax: { low: most, high: most, original: most, auto: most },
    patchTokenHundredths: 100,
  }
}

/** Claude 4.7 and later see in high resolution; the tools prompt of Opus 4.7 is the longest of all. */
const highResolution = { visualTokensMax: 4_784, toolsPromptTokens: 804 }
const standardResolution = { visualTokensMax: 1_600, toolsPromptTokens: 589 }

/**
 * The tools prompt is the longest of its generation: https://platform.claude.com/docs/en/about-claude/pricing#tool-use-pricing.
 * A page of a PDF is its text, 1 500 to 3 000 tokens, and an image: https://platform.claude.com/docs/en/build-with-claude/pdf-support#estimate-your-costs.
 * Usage is the sum of all that the model read between its searches:
 * https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage.
 */
function anthropic({ visualTokensMax, toolsPromptTokens }: typeof highResolution): InputCeilings {
  return {
    image: anthropicImage(visualTokensMax),
    pdfPageTextTokens: 3_000,
    pdfPageImageTokens: null,
    audioTokensPerSecond: null,
    toolsPromptTokens,
    addedTokens: 0,
    areSearchesBounded: true,
    isWindowShared: true,
    isAnswerLimited: true,
    countedBy: 'provider',
  }
}

/**
 * Images: https://developers.openai.com/api/docs/guides/images-vision#calculating-costs. PDFs: text and images of all
 * pages, without a figure (https://developers.openai.com/api/docs/guides/file-inputs). Searches are bounded by
 * `max_tool_calls`: https://developers.openai.com/api/docs/api-reference/responses/create.
 */
function openai(image: ImageFormula | null): InputCeilings {
  return {
    image,
    pdfPageTextTokens: null,
    pdfPageImageTokens: null,
    audioTokensPerSecond: null,
    toolsPromptTokens: 0,
    addedTokens: 0,
    areSearchesBounded: true,
    isWindowShared: true,
    isAnswerLimited: true,
    countedBy: 'own_tokenizer',
  }
}

/** `low` sends 512 × 512 pixels. Where there is no `original`, it is refused. */
function openaiPatches(
  patchesMax: { readonly high: number; readonly original?: number; readonly auto?: number },
  patchTokenHundredths = 100,
): ImageFormula {
  const { high, original = high, auto = high } = patchesMax
  return { by: 'patches', patchPixels: 32, patchesMax: { low: 256, high, original, auto }, patchTokenHundredths }
}

/**
 * Audio: https://ai.google.dev/gemini-api/docs/tokens. Text that a PDF has of its own is not billed:
 * https://ai.google.dev/gemini-api/docs/document-processing.
 */
function google(image: ImageFormula, pdfPageImageTokens: number): InputCeilings {
  return {
    image,
    pdfPageTextTokens: 0,
    pdfPageImageTokens,
    audioTokensPerSecond: 32,
    toolsPromptTokens: 0,
    addedTokens: 0,
    areSearchesBounded: false,
    isWindowShared: false,
    isAnswerLimited: true,
    countedBy: 'similar_tokenizer',
  }
}

/** The dearest that can be asked for: `ultra_high` for an image, `high` for a page; https://ai.google.dev/gemini-api/docs/media-resolution#token-counts. */
const gemini3 = google({ by: 'image', tokensMax: 2_240 }, 1_120)
/** 258 a crop, or 256 and about 2 048 for panning: https://ai.google.dev/gemini-api/docs/image-understanding#token-calculation, same page as above. */
const gemini2 = google({ by: 'crops', cropTokens: 258, tokensMin: 2_304 }, 258)

/**
 * https://docs.x.ai/docs/key-information/consumption-and-rate-limits: an image is 256 to 1 792 tokens, and every prompt
 * gets tokens that are not counted with it. Their number is not told; of the 199 tokens of the example on that page
 * 163 are not of its text, and six times as many are taken here.
 */
const grok: InputCeilings = {
  image: { by: 'image', tokensMax: 1_792 },
  pdfPageTextTokens: null,
  pdfPageImageTokens: null,
  audioTokensPerSecond: null,
  toolsPromptTokens: 0,
  addedTokens: 1_000,
  areSearchesBounded: false,
  isWindowShared: true,
  // No limit of an answer is documented but the context window.
  isAnswerLimited: false,
  countedBy: 'similar_tokenizer',
}

const tiles = (baseTokens: number, tileTokens: number): ImageFormula => ({ by: 'tiles', baseTokens, tileTokens })

/** By `provider/model`; a test sees to it that every model of the catalogue has its line. */
export const listedCeilings: Readonly<Record<string, InputCeilings>> = {
  'anthropic/claude-opus-5-5': anthropic(highResolution),
  'anthropic/claude-opus-5': anthropic(highResolution),
  'anthropic/claude-opus-4-8': anthropic(highResolution),
  'anthropic/claude-opus-4-7': anthropic(highResolution),
  'anthropic/claude-opus-4-6': anthropic(standardResolution),
  'anthropic/claude-opus-4-5-20251101': anthropic(standardResolution),
  'anthropic/claude-opus-4-1-20250805': anthropic(standardResolution),
  'anthropic/claude-sonnet-5': anthropic(highResolution),
  'anthropic/claude-sonnet-4-6': anthropic(standardResolution),
  'anthropic/claude-sonnet-4-5-20250929': anthropic(standardResolution),
  'anthropic/claude-sonnet-4-20250514': anthropic(standardResolution),
  'anthropic/claude-haiku-4-5-20251001': anthropic(standardResolution),
  'openai/gpt-5.5': openai(openaiPatches({ high: 2_500, original: 10_000, auto: 10_000 })),
  'openai/gpt-5.4': openai(openaiPatches({ high: 2_500, original: 10_000 })),
  'openai/gpt-5.4-mini': openai(openaiPatches({ high: 1_536 }, 162)),
  'openai/gpt-5.4-nano': openai(openaiPatches({ high: 1_536 }, 246)),
  'openai/gpt-5.2': openai(openaiPatches({ high: 1_536 })),
  // In neither of the two tables.
  'openai/gpt-5.1': openai(null),
  'openai/gpt-5': openai(tiles(70, 140)),
  'openai/gpt-5-mini': openai(openaiPatches({ high: 1_536 }, 162)),
  'openai/gpt-5-nano': openai(openaiPatches({ high: 1_536 }, 246)),
  'openai/gpt-4.1': openai(tiles(85, 170)),
  'openai/gpt-4.1-mini': openai(openaiPatches({ high: 1_536 }, 162)),
  'openai/gpt-4.1-nano': openai(openaiPatches({ high: 1_536 }, 246)),
  'openai/gpt-4o': openai(tiles(85, 170)),
  'openai/gpt-4o-mini': openai(tiles(2_833, 5_667)),
  'openai/o3': openai(tiles(75, 150)),
  // Takes no images.
  'openai/o3-mini': openai(null),
  'openai/o4-mini': openai(openaiPatches({ high: 1_536 }, 172)),
  'google/gemini-3.8-flash': gemini3,
  'google/gemini-3.5-flash': gemini3,
  'google/gemini-3.5-flash-lite': gemini3,
  'google/gemini-3.1-pro-preview': gemini3,
  'google/gemini-2.5-pro': gemini2,
  'xai/grok-4.6': grok,
  'xai/grok-4.5': grok,
  'xai/grok-4-0709': grok,
  'xai/grok-code-fast-1': grok,
  'xai/grok-3': grok,
  'xai/grok-3-mini': grok,
  // Vectors of text: no media, no tools.
  'openai/text-embedding-3-large': openai(null),
  'openai/text-embedding-3-small': openai(null),
  'google/gemini-embedding-001': { ...gemini3, image: null, audioTokensPerSecond: null },
}

/** What is known of a provider's models that nobody has listed: text, and nothing of media. */
const unlisted: Readonly<Record<'anthropic' | 'openai' | 'google' | 'xai', InputCeilings>> = {
  anthropic: { ...anthropic(highResolution), image: null, pdfPageTextTokens: null },
  openai: openai(null),
  google: { ...gemini3, image: null, pdfPageTextTokens: null, pdfPageImageTokens: null, audioTokensPerSecond: null },
  xai: { ...grok, image: null },
}

/** @param id `provider/model`, with the provider's own name of the model. */
export function findCeilings(provider: keyof typeof unlisted, id: string): InputCeilings {
  return listedCeilings[id] ?? unlisted[provider]
}

/** What web searches read is billed by the model's price, but for these: as so many tokens for each search. */
export const searchBlockTokens: Readonly<Record<string, number>> = {
  'openai/gpt-4o-mini': 8_000,
  'openai/gpt-4.1-mini': 8_000,
}
