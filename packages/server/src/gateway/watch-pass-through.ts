import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createMeter } from '../wires/anthropic-messages/create-meter.ts'
import { readUsage } from '../wires/anthropic-messages/read-usage.ts'
import { SseScanner } from '../wires/sse-scanner.ts'
import type { ReportedUsage } from '../wires/wire.ts'
import type { UpstreamOutcome } from './forward.ts'

/** A whole answer that is longer than this is passed on, but not read for its counts. */
const readBytesMax = 4 * 1024 * 1024

/** Passes the bytes on as they come, and reads on the side what was used. */
export async function watchPassThrough(
  upstream: Extract<UpstreamOutcome, { kind: 'response' }>,
  response: ServerResponse,
): Promise<{ readonly isWhole: boolean; readonly usage: ReportedUsage }> {
  const isStream = upstream.contentType.includes('event-stream')
  const meter = createMeter()
  const scanner = new SseScanner()
  const parts: Buffer[] = []
  let bytes = 0
  let hasEnded = false
  const watch = (part: Buffer): void => {
    bytes += part.length
    if (!isStream && bytes <= readBytesMax) parts.push(part)
    if (isStream) for (const event of scanner.push(part)) hasEnded = meter.observe(event) === 'end' || hasEnded
  }
  try {
    await pipeline(
      upstream.body.stream(),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const part of source) {
          watch(part)
          yield part
        }
      },
      toClient(response),
    )
  } catch {
    // Either side has left; what was passed on until then is all there is.
    response.destroy()
    return { isWhole: false, usage: meter.reported }
  }
  const usage = isStream ? meter.reported : (readUsage(parseJson(Buffer.concat(parts))) ?? {})
  return { isWhole: !isStream || hasEnded, usage }
}

/** The answer is ended by its own hand, so that a failure of the provider cuts it where it stood. */
function toClient(response: ServerResponse): Writable {
  return new Writable({
    write(part, _encoding, done) {
      if (response.destroyed) return done(new Error('the client has left'))
      if (response.write(part)) return done()
      const go = () => {
        response.off('drain', go).off('close', go)
        done()
      }
      response.on('drain', go).on('close', go)
    },
    final(done) {
      response.end()
      done()
    },
  })
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}
