import type { FurtherRun } from '../wires/wire.ts'

/** Counts in worker threads, so that a text or a document that is slow to count delays no other caller. */
export interface Counter {
  /**
   * Tokens of a text by OpenAI's newest tokenizer: exact for its models, near enough for others.
   * @returns null when the deadline passes or too many counts wait already; the caller then uses an upper bound.
   */
  countText(text: string): Promise<number | null>
  /** The sum of the tokens of texts, each by itself. @returns null as `countText` does. */
  countTexts(texts: readonly string[]): Promise<number | null>
  /** The first words of a text that have at most so many tokens. @returns null as `countText` does. */
  splitText(text: string, tokensMax: number): Promise<SplitText | null>
  /** Pages of a PDF. @returns null when it cannot be read, is too large, or takes longer than the deadline. */
  countPages(pdfBase64: string): Promise<number | null>
  /**
   * Reads a body in Anthropic's format that is too large to be parsed on the event loop. The bytes are moved to the
   * worker and cannot be used afterwards: what comes back has them.
   * @param isCounted whether its tokens are counted, or it is only checked.
   * @returns null when the deadline passes or too many counts wait already.
   */
  readPrompt(body: Uint8Array, isCounted: boolean): Promise<ReadPrompt | null>
  close(): Promise<void>
}

/** The beginning of a text. */
export interface SplitText {
  readonly kind: 'split'
  /** Word by word, as a model would stream it. */
  readonly pieces: readonly string[]
  readonly tokens: number
  /** Whether more of the text was left. */
  readonly isCut: boolean
}

export type ReadPrompt =
  | {
      readonly kind: 'prompt'
      readonly body: Uint8Array<ArrayBuffer>
      readonly model: string
      readonly furtherRuns: readonly FurtherRun[]
      /** It has something of the client's user in it. */
      readonly tellsWhoAsks: boolean
      readonly tokens: number | null
    }
  /** What is wrong with it, for an `invalid_request`. */
  | {
      readonly kind: 'refused'
      readonly message: string
      readonly param: string | null
      readonly wireCode: string | null
    }
