import type { ServerResponse } from 'node:http'
import { setHead } from '../http/answer.ts'

/** A stream to a client, who may be slow, stop reading, or leave. Nothing here throws: what it misses is not written. */
export interface ClientStream {
  write(parts: readonly (Buffer | string)[]): void
  /** The client has not taken what was written: nothing more should be read of the provider. */
  readonly isBehind: boolean
  /** It was so once: what it left behind may wait anywhere between the provider and here. */
  readonly wasBehind: boolean
  /** Waits until the client has caught up or left. */
  caughtUp(): Promise<void>
  end(bytes: Buffer | string): void
}

/** Begins a stream to the client, and keeps it open while the provider says nothing: proxies close a silent connection. */
export function openClientStream(
  response: ServerResponse,
  options: {
    /** Written between events, where nothing has been for so long. */
    readonly ping: string
    readonly pingIntervalMs: number
    /** A client that takes nothing for so long is cut off. */
    readonly stallMsMax: number
    readonly headers: Readonly<Record<string, string>>
  },
): ClientStream {
  setHead(response, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Proxies in front must not gather what is meant to flow.
    'x-accel-buffering': 'no',
    'opencredits-billed-to': 'credits',
    ...options.headers,
  })
  response.flushHeaders()
  const pings = setTimeout(() => {
    if (response.destroyed || response.writableEnded) return
    if (!response.writableNeedDrain) response.write(options.ping)
    pings.refresh()
  }, options.pingIntervalMs)
  // The close of a client that has left already is not told again, and this is no reason for a process to stay.
  pings.unref()
  let wasBehind = false
  let waiting = Promise.withResolvers<void>()
  let stall: NodeJS.Timeout | undefined
  const goOn = (): void => {
    clearTimeout(stall)
    waiting.resolve()
    waiting = Promise.withResolvers<void>()
  }
  response
    .on('drain', goOn)
    .once('finish', goOn)
    .once('close', () => {
      clearTimeout(pings)
      goOn()
    })
  const isOpen = () => !response.destroyed && !response.writableEnded
  const isBehind = () => isOpen() && response.writableNeedDrain
  return {
    write(parts) {
      pings.refresh()
      const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts.map(bytesOf))
      if (bytes === undefined || bytes.length === 0 || !isOpen() || response.write(bytes)) return
      wasBehind = true
      clearTimeout(stall)
      stall = setTimeout(() => response.destroy(), options.stallMsMax)
    },
    get isBehind() {
      return isBehind()
    },
    get wasBehind() {
      return wasBehind
    },
    caughtUp: () => (isBehind() ? waiting.promise : Promise.resolve()),
    end(bytes) {
      clearTimeout(pings)
      if (isOpen()) response.end(bytes)
    },
  }
}

function bytesOf(part: Buffer | string): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : part
}
