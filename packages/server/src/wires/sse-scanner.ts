/** One server-sent event with the very bytes that it came in. */
export interface SseEvent {
  readonly bytes: Buffer
  /** The `event:` field, or null. */
  readonly name: string | null
  /** The `data:` lines joined, or null for a comment or a ping without data. */
  readonly data: string | null
}

const lineFeed = 10
const carriageReturn = 13

/**
 * Cuts a byte stream into events, wherever the reads were cut: inside a character, a line, a line's end. Bytes are not
 * touched; text is decoded only of whole events.
 */
export class SseScanner {
  #rest: Buffer = Buffer.alloc(0)
  /** Where in `#rest` no end of an event can begin any more. */
  #searched = 0

  /** @returns the events that this read completes. */
  push(bytes: Uint8Array): readonly SseEvent[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes])
    const events: SseEvent[] = []
    for (let end = this.#findEnd(); end !== -1; end = this.#findEnd()) {
      events.push(parseEvent(this.#rest.subarray(0, end)))
      this.#rest = this.#rest.subarray(end)
      this.#searched = 0
    }
    return events
  }

  /** Bytes of an event that has not ended: what is left when a stream is cut. */
  get rest(): Buffer {
    return this.#rest
  }

  /** Behind the first blank line: two line ends in a row, each LF or CR LF. */
  #findEnd(): number {
    for (let at = this.#rest.indexOf(lineFeed, this.#searched); at !== -1; at = this.#rest.indexOf(lineFeed, at + 1)) {
      const next = this.#rest[at + 1]
      if (next === lineFeed) return at + 2
      if (next === carriageReturn && this.#rest[at + 2] === lineFeed) return at + 3
    }
    this.#searched = Math.max(0, this.#rest.length - 3)
    return -1
  }
}

function parseEvent(bytes: Buffer): SseEvent {
  let name: string | null = null
  const data: string[] = []
  for (const line of bytes.toString('utf8').split(/\r?\n/)) {
    const [, field, value = ''] = /^(\w+)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }
  return { bytes, name, data: data.length === 0 ? null : data.join('\n') }
}

/** An event's data as JSON, or null for what is none: a malformed chunk is a value, not a throw. */
export function parseEventJson(event: Pick<SseEvent, 'data'>): Record<string, unknown> | null {
  if (event.data === null || !event.data.startsWith('{')) return null
  try {
    return JSON.parse(event.data)
  } catch {
    return null
  }
}

/** Whether an event has data that is no JSON object, though every event of the format is one. */
export function isMalformed(event: Pick<SseEvent, 'data'>, chunk: Record<string, unknown> | null): boolean {
  return chunk === null && event.data !== null && event.data.trim() !== ''
}
