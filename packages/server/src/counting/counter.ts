/** Counts in worker threads, so that a text or a document that is slow to count delays no other caller. */
export interface Counter {
  /**
   * Tokens of a text by OpenAI's newest tokenizer: exact for its models, near enough for others.
   * @returns null when the deadline passes or too many counts wait already; the caller then uses an upper bound.
   */
  countText(text: string): Promise<number | null>
  /** Pages of a PDF. @returns null when it cannot be read, is too large, or takes longer than the deadline. */
  countPages(pdfBase64: string): Promise<number | null>
  close(): Promise<void>
}
