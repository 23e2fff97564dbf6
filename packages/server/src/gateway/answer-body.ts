import type { Readable } from 'node:stream'
import { readWhole } from './read-whole.ts'

/** The body of a provider's answer, which one of these takes. */
export interface AnswerBody {
  /**
   * @param onBroken gets the reason where it breaks off; an `AnswerTooLong` where it is longer than `bytesMax`.
   * @returns null when it breaks off or is longer than `bytesMax`.
   */
  readWhole(bytesMax: number, onBroken?: (error: Error) => void): Promise<Buffer | null>
  /** At the pace of its reader. */
  stream(): Readable
  /** Reads it away: a connection is lost with an answer that nobody reads. */
  discard(): void
}

export function bodyOf(stream: Readable): AnswerBody {
  return {
    readWhole: (bytesMax, onBroken) => readWhole(stream, bytesMax, onBroken),
    stream: () => stream,
    discard: () => void stream.resume().on('error', () => {}),
  }
}
