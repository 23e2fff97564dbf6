import { countTokens } from '../tokens.ts'
import { imageSize } from './image-size.ts'
import { imageTokens } from './image-tokens.ts'
import { factsOf, familyOf } from './model-facts.ts'
import { readPdf } from './pdf-pages.ts'
import { worstTextTokens } from './text-tokens.ts'

/** What the parts of a prompt cost with one model. */
export interface Measure {
  text(text: string): number
  /** @param base64 null for a picture by address or id, of which nothing is known */
  image(base64: string | null, detail?: string): number
  /** @param base64 null for a document by address or id */
  pdf(base64: string | null): number
  audio(base64: string): number
  /** What the server's own tools may bring into the context. */
  readonly unbounded: number
  readonly isWorst: boolean
}

/** A picture and a document of which nothing is known, where the worst is not asked for. */
const unknownImageTokens = 1500
const unknownDocumentTokens = 3000
/** "Each page typically uses 1,500–3,000 tokens": https://platform.claude.com/docs/en/build-with-claude/pdf-support */
const pageTextTokensMax = 3000
const pageImageTokens = 1600

/** @param isWorst the most that the model's documentation allows, not what is likely */
export function createMeasure(model: string, isWorst: boolean): Measure {
  const { contextWindow, textFactor } = factsOf(model)
  const family = familyOf(model)
  const text = (words: string) => (isWorst ? worstTextTokens(words, textFactor) : countTokens(words))
  return {
    text,
    image(base64, detail) {
      if (base64 === null) return isWorst ? contextWindow : unknownImageTokens
      const size = imageSize(Buffer.from(base64, 'base64'))
      if (size === null) return isWorst ? imageTokens(model, null) : unknownImageTokens
      return Math.ceil(imageTokens(model, size, detail))
    },
    pdf(base64) {
      const pdf = base64 === null ? null : readPdf(Buffer.from(base64, 'base64'))
      if (pdf === null) return isWorst ? contextWindow : unknownDocumentTokens
      // https://ai.google.dev/gemini-api/docs/document-processing: a page is a picture, and its words are free.
      if (family === 'google') return pdf.pages * (/gemini-[12]/.test(model) ? 258 : isWorst ? 1120 : 560)
      const words = text(pdf.text)
      const picture = isWorst ? imageTokens(model, null) : Math.min(pageImageTokens, imageTokens(model, null))
      return pdf.pages * picture + (isWorst ? Math.max(words, pdf.pages * pageTextTokensMax) : words)
    },
    audio(base64) {
      // https://ai.google.dev/gemini-api/docs/audio: 32 tokens a second; OpenAI counts ten. No codec is slower than 8 kbit/s.
      const sound = Buffer.from(base64, 'base64')
      const secondsMax = sound.length / bytesPerSecond(sound)
      return Math.ceil((isWorst ? secondsMax : secondsMax / 4) * (family === 'google' ? 32 : 10))
    },
    unbounded: isWorst ? contextWindow : 0,
    isWorst,
  }
}

/** A WAV says it; of other kinds nothing is known. */
function bytesPerSecond(sound: Buffer): number {
  const isWav = sound.length > 44 && sound.toString('latin1', 0, 4) === 'RIFF' && sound.readUInt16LE(20) === 1
  return isWav ? Math.max(1, sound.readUInt32LE(28)) : 1000
}

/** The bytes of a `data:` address. @returns null for one that has to be fetched */
export function dataOf(address: unknown): string | null {
  if (typeof address !== 'string' || !address.startsWith('data:')) return null
  return address.slice(address.indexOf(',') + 1)
}
