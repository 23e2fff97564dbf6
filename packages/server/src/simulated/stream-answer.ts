import { setTimeout } from 'node:timers/promises'

/** With the pause between chunks this bounds how long the longest answer takes. */
const chunksMax = 2_000

/** How many words a chunk has, where an answer has so many. */
export function wordsPerChunk(words: number): number {
  return Math.max(1, Math.ceil(words / chunksMax))
}

export function joinIntoChunks(pieces: readonly string[], size: number): readonly string[] {
  if (size <= 1) return pieces
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, index) =>
    pieces.slice(index * size, (index + 1) * size).join(''),
  )
}

export interface Pacing {
  readonly signal: AbortSignal
  /** Between two frames. */
  readonly pauseMs: number
  /** After the first frame, as a model that thinks unseen. */
  readonly unseenMs: number
  /** Where the stream breaks off; null where it does not. */
  readonly cutAfter: number | null
}

/** Sends frames at a model's pace. @throws where the answer breaks off by a directive, or is aborted. */
export async function* paceFrames(frames: Iterable<string>, { signal, pauseMs, unseenMs, cutAfter }: Pacing) {
  let sent = 0
  for (const frame of frames) {
    if (frame === '') continue
    if (sent === cutAfter) throw brokenOff()
    yield frame
    const waitMs = sent === 0 ? unseenMs + pauseMs : pauseMs
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal })
    sent += 1
  }
}

/** The first half of an answer that comes whole. */
export function* breakOff(text: string): Generator<string> {
  yield text.slice(0, text.length / 2)
  throw brokenOff()
}

function brokenOff(): Error {
  return new Error('The answer breaks off, as simulate:cut asked for.')
}
