import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setHead } from '../http/answer.ts'

export interface ClientStream {
  /** Waits for a slow client, so that no more is read of the provider than the client takes. */
  write(parts: readonly (Buffer | string)[]): Promise<void>
  stopPings(): void
}

/** Begins a stream to the client, and keeps it open while the provider says nothing: proxies close a silent connection. */
export function openClientStream(
  response: ServerResponse,
  options: {
    /** Written between events, where nothing has been for so long. */
    readonly ping: string
    readonly pingIntervalMs: number
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
  const timer = setTimeout(() => {
    if (response.destroyed || response.writableEnded) return
    if (!response.writableNeedDrain) response.write(options.ping)
    timer.refresh()
  }, options.pingIntervalMs)
  return {
    async write(parts) {
      timer.refresh()
      const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts.map(bytesOf))
      if (bytes === undefined || bytes.length === 0 || response.destroyed) return
      if (response.write(bytes)) return
      const waiting = new AbortController()
      await Promise.race([
        once(response, 'drain', { signal: waiting.signal }).catch(() => {}),
        once(response, 'close', { signal: waiting.signal }).catch(() => {}),
      ])
      waiting.abort()
    },
    stopPings: () => clearTimeout(timer),
  }
}

function bytesOf(part: Buffer | string): Buffer {
  return typeof part === 'string' ? Buffer.from(part) : part
}
