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

/** Streams that each go at their own pace. More of them share the pace of so many. */
const streamsAtPaceMax = 20

export interface StreamsAtOnce {
  /** Passes frames on, and counts their stream as long as it runs. */
  count<Frame>(frames: AsyncIterable<Frame>): AsyncGenerator<Frame>
  /** @param pauseMs of a stream that is alone */
  pauseOf(pauseMs: number): number
}

/** Counts streams of this process, so that however many there are, they take no more of its time than some do. */
export function createStreamsAtOnce(): StreamsAtOnce {
  let running = 0
  return {
    async *count(frames) {
      running += 1
      try {
        yield* frames
      } finally {
        running -= 1
      }
    },
    pauseOf: (pauseMs) => pauseMs * Math.max(1, running / streamsAtPaceMax),
  }
}

export interface Pacing {
  readonly signal: AbortSignal
  /** Between two frames, as it is then. */
  readonly pauseMs: () => number
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
    const waitMs = sent === 0 ? unseenMs + pauseMs() : pauseMs()
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
