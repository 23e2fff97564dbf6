import type { Readable } from 'node:stream'

export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong'
}

/**
 * Reads a stream to its end.
 * @param onBroken gets the reason where it breaks off; an `AnswerTooLong` where it is longer than `bytesMax`.
 * @returns null when it breaks off or is longer than `bytesMax`.
 */
export function readWhole(
  body: Readable,
  bytesMax: number,
  onBroken: (error: Error) => void = () => {},
): Promise<Buffer | null> {
  // By its events: an async iterator costs more than all else that is done with a short answer.
  return new Promise((done) => {
    // Broken before it was looked at: it will not say so again.
    if (body.destroyed) return done(null)
    const parts: Buffer[] = []
    let bytes = 0
    body.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes <= bytesMax) return void parts.push(part)
      onBroken(new AnswerTooLong())
      done(null)
      body.destroy()
    })
    body.once('end', () => done(Buffer.concat(parts)))
    body.on('error', (error) => {
      onBroken(error)
      done(null)
    })
    body.once('close', () => done(null))
  })
}
