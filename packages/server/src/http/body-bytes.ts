/** From here on the announced length is believed: whoever has sent so much means to send the rest. */
const believedFromBytes = 1024 * 1024
const firstBytes = 64 * 1024
const none = Buffer.alloc(0)

/**
 * Bytes that come in parts, in one piece. Parts are copied and not kept: a client that sends single bytes would make an
 * object of each.
 */
export class BodyBytes {
  length = 0
  private buffer: Buffer = none
  private readonly announcedBytes: number | null

  /** @param announcedBytes the length that the sender has told, if any. */
  constructor(announcedBytes: number | null) {
    this.announcedBytes = announcedBytes
  }

  add(part: Buffer): void {
    if (this.length === 0 && part.length === this.announcedBytes) this.buffer = part
    else {
      this.makeRoom(this.length + part.length)
      part.copy(this.buffer, this.length)
    }
    this.length += part.length
  }

  /** All that has come, without a copy. */
  view(): Buffer {
    return this.length === this.buffer.length ? this.buffer : this.buffer.subarray(0, this.length)
  }

  private makeRoom(bytes: number): void {
    if (bytes <= this.buffer.length) return
    const announced = this.announcedBytes ?? Number.POSITIVE_INFINITY
    const doubled = Math.max(firstBytes, bytes, this.buffer.length * 2)
    const isBelieved = announced <= firstBytes || bytes >= believedFromBytes
    const size = isBelieved && announced !== Number.POSITIVE_INFINITY ? Math.max(bytes, announced) : doubled
    const larger = Buffer.allocUnsafeSlow(size)
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}
