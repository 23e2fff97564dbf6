import type { Counter } from '../counting/counter.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Model } from '../pricing/catalogue.ts'
import { largestImageTokens, mediaTokens } from '../wires/ceiling/bound-input.ts'
import type { PromptParts } from '../wires/ceiling/prompt-parts.ts'
import { readPromptParts } from '../wires/ceiling/read-prompt-parts.ts'
import { readPromptText, tokensPerTurn } from '../wires/read-prompt-text.ts'
import type { UpstreamBody, UpstreamFormatName } from '../wires/wire.ts'

/** More documents than anybody reads at once, as for what is held for a call. */
const pdfsCountedMax = 20

/**
 * Tokens of a prompt as the server counts them itself, where a provider does not: its words by the tokenizer, its media
 * by the formulas of its model. An image at an address counts as the largest; a document there as nothing, as it is not
 * fetched.
 * @throws AppError 503 where the counters have too much to do.
 */
export async function countPrompt(
  counter: Counter,
  model: Model,
  format: UpstreamFormatName,
  body: UpstreamBody,
): Promise<number> {
  if (format === 'embeddings') return countInputs(counter, body.input)
  const { text, turns } = readPromptText(body)
  const parts = readPromptParts(format, body)
  const tokens = await counter.countText(text)
  if (tokens === null) throw tooBusy()
  return tokens + turns * tokensPerTurn + (await countMedia(counter, model, parts))
}

/** Texts, or tokens already. */
async function countInputs(counter: Counter, input: unknown): Promise<number> {
  const inputs: readonly unknown[] = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input]
  const texts = inputs.filter((one) => typeof one === 'string')
  const given = inputs.reduce<number>((sum, one) => sum + (Array.isArray(one) ? one.length : 0), 0)
  const counted = texts.length === 0 ? 0 : await counter.countTexts(texts)
  if (counted === null) throw tooBusy()
  return counted + given
}

async function countMedia(counter: Counter, model: Model, parts: PromptParts): Promise<number> {
  const { images, pdfs, sounds } = parts
  const none = { ...parts, images: [], pdfs: [], sounds: [] }
  const count = (only: Partial<PromptParts>, pages: number | null = null) =>
    mediaTokens({ parts: { ...none, ...only }, bodyBytes: 0, model, pdfPages: [pages] })
  const ofPdfs = await Promise.all(
    pdfs.slice(0, pdfsCountedMax).map(async (pdf) => count({ pdfs: [pdf] }, await counter.countPages(pdf.data))),
  )
  const counts = [
    ...images.map((image) => count({ images: [image] }) ?? largestImageTokens(model, image.detail)),
    ...ofPdfs,
    ...sounds.map((sound) => count({ sounds: [sound] })),
  ]
  return counts.reduce<number>((sum, tokens) => sum + (tokens ?? 0), 0)
}

export function tooBusy(): AppError {
  return new AppError('overloaded', 'Too much is being counted at the moment. Try again.')
}
