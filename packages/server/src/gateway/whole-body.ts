import { Readable } from 'node:stream'
import type { AnswerBody } from './answer-body.ts'
import { AnswerTooLong } from './read-whole.ts'

/** The longest answer that is read whole. */
export const wholeBytesMax = 64 * 1024 * 1024

interface Reader {
  readonly bytesMax: number
  onBroken(error: Error): void
  done(bytes: Buffer | null): void
}

/** A body that is put together as undici hands it over: for a short answer a stream would cost more than all else. */
export class WholeBody implements AnswerBody {
  private parts: Buffer[] = []
  private bytes = 0
  private isEnded = false
  private isDiscarded = false
  private failure: Error | null = null
  private reader: Reader | null = null
  private readonly stop: (reason: Error) => void

  /** @param stop ends the answer at its provider. */
  constructor(stop: (reason: Error) => void) {
    this.stop = stop
  }

  add(part: Buffer): void {
    if (this.isDiscarded) return
    this.bytes += part.length
    this.parts.push(part)
    if (this.bytes > (this.reader?.bytesMax ?? wholeBytesMax)) this.refuse()
  }

  end(): void {
    this.isEnded = true
    this.tell()
  }

  fail(error: Error): void {
    this.failure ??= error
    this.tell()
  }

  readWhole(bytesMax: number, onBroken: (error: Error) => void = () => {}): Promise<Buffer | null> {
    return new Promise((done) => {
      this.reader = { bytesMax, onBroken, done }
      if (this.bytes > bytesMax) this.refuse()
      this.tell()
    })
  }

  stream(): Readable {
    return Readable.from(this.chunks())
  }

  discard(): void {
    this.isDiscarded = true
    this.parts = []
  }

  private async *chunks(): AsyncGenerator<Buffer> {
    let failure: Error | null = null
    const bytes = await this.readWhole(wholeBytesMax, (error) => {
      failure = error
    })
    if (bytes === null) throw failure ?? new Error('The answer broke off.')
    yield bytes
  }

  private refuse(): void {
    if (this.failure !== null) return
    const tooLong = new AnswerTooLong()
    this.discard()
    this.fail(tooLong)
    if (!this.isEnded) this.stop(tooLong)
  }

  private tell(): void {
    const { reader } = this
    if (reader === null || (!this.isEnded && this.failure === null)) return
    this.reader = null
    if (this.failure !== null) reader.onBroken(this.failure)
    reader.done(this.failure === null ? this.joined() : null)
  }

  private joined(): Buffer {
    const [only, ...more] = this.parts
    return only !== undefined && more.length === 0 ? only : Buffer.concat(this.parts)
  }
}
