import { setTimeout } from 'node:timers/promises'

/** As fast as a quick model, but so that even the longest answer is over soon. */
const pauseMs = 10
const chunksMax = 2_000

/** Joins the words of an answer into no more chunks than are streamed. */
export function joinIntoChunks(pieces: readonly string[]): readonly string[] {
  const size = Math.ceil(pieces.length / chunksMax)
  if (size <= 1) return pieces
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, index) =>
    pieces.slice(index * size, (index + 1) * size).join(''),
  )
}

export interface Pacing {
  readonly signal: AbortSignal
  /** After the first frame, as a model that thinks unseen. */
  readonly unseenMs: number
  /** Where the stream breaks off; null where it does not. */
  readonly cutAfter: number | null
}

/** Sends frames at a model's pace. @throws where the answer was told to break off, or is aborted. */
export async function* paceFrames(frames: Iterable<string>, { signal, unseenMs, cutAfter }: Pacing) {
  let sent = 0
  for (const frame of frames) {
    if (frame === '') continue
    if (sent === cutAfter) throw brokenOff()
    yield frame
    await setTimeout(sent === 0 ? unseenMs + pauseMs : pauseMs, undefined, { signal })
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
