import type { Readable } from 'node:stream'
import type { Clock } from '../kernel/clock.ts'
import { SseScanner } from '../wires/sse-scanner.ts'
import type { AnswerEditor, StreamMeter, StreamTranslator } from '../wires/wire.ts'
import type { ClientStream } from './open-client-stream.ts'
import type { CallControl } from './running-call.ts'

/** How the provider's stream ended. */
export interface RelayedStream {
  /** `end`: by its last event · `fail`: by its own error event · `unreadable` · `cut`: broken off, or stopped by us · `broken`: by a fault of ours. */
  readonly how: 'end' | 'fail' | 'unreadable' | 'cut' | 'broken'
  /** Events that tell the client that its answer is over. Whoever sees them has been charged. */
  readonly heldBack: readonly Buffer[]
  readonly firstByteAtMs: number | null
  /** The client was never slower than the provider, so the time that it took is the provider's. */
  readonly isAtPace: boolean
  readonly failure: unknown
}

export interface RelayParts {
  readonly clock: Clock
  readonly body: Readable
  readonly client: ClientStream
  readonly control: CallControl
  readonly meter: StreamMeter
  readonly translator: StreamTranslator | null
  readonly editor: AnswerEditor | null
  /** Whether a client that leaves may stop the provider: what it has said can be counted without it. */
  canStopAtOnce(): boolean
}

/**
 * Reads a provider's stream to its end and passes it on, at the pace of the slower side, for as long as there is a client.
 * It goes by the stream's own events: a promise for every read would cost more than what is done with it.
 */
export function relayEvents(parts: RelayParts): Promise<RelayedStream> {
  const { body, client, control, meter, translator, editor } = parts
  const scanner = new SseScanner()
  const heldBack: Buffer[] = []
  let firstByteAtMs: number | null = null
  let isWaiting = false
  let mayStop: boolean | null = null
  const { promise, resolve } = Promise.withResolvers<RelayedStream>()

  const finish = (how: RelayedStream['how'], failure: unknown = null): void => {
    body.off('data', onData)
    // The rest is read away, so that the connection can be used again.
    if (!body.destroyed) body.resume()
    resolve({ how, heldBack, firstByteAtMs, isAtPace: !client.wasBehind, failure })
  }
  /** @returns how the stream ended, where it did in these bytes. */
  const take = (read: Buffer): 'end' | 'fail' | 'unreadable' | null => {
    firstByteAtMs ??= parts.clock.nowMs()
    const passed: (Buffer | string)[] = []
    let ending: 'end' | 'fail' | 'unreadable' | null = null
    for (const event of scanner.push(read)) {
      const verdict = meter.observe(event)
      if (translator !== null && verdict !== 'fail' && verdict !== 'broken' && !control.isClientGone)
        passed.push(translator.push(event))
      const bytes = editor?.editEvent(event) ?? event.bytes
      if (verdict === 'end' || verdict === 'fail') heldBack.push(bytes)
      if (verdict === 'end' || verdict === 'fail' || verdict === 'broken') {
        ending = verdict === 'broken' ? 'unreadable' : verdict
        break
      }
      if (translator !== null) continue
      if (verdict === 'keep') heldBack.push(bytes)
      else if (heldBack.length > 0 && meter.isUsageFinal) passed.push(...heldBack.splice(0))
      if (verdict === 'pass') passed.push(bytes)
    }
    if (passed.length > 0 && !control.isClientGone) client.write(passed)
    return ending
  }
  const onData = (bytes: Buffer): void => {
    let ending: RelayedStream['how'] | null = null
    let failure: unknown = null
    try {
      ending = take(bytes)
    } catch (error) {
      ending = 'broken'
      failure = error
    }
    if (ending !== null) {
      finish(ending, failure)
      return
    }
    if (!isWaiting && (client.isBehind || !control.growth.isAheadOfText)) void wait()
    if (control.isClientGone) stopAtOnce()
  }
  const wait = async (): Promise<void> => {
    isWaiting = true
    body.pause()
    while (client.isBehind || !control.growth.isAheadOfText)
      await (client.isBehind ? client.caughtUp() : control.growth.catchUp())
    isWaiting = false
    body.resume()
  }
  /** Not before the first bytes, which bring counts, and not where a slow client has left some unread: those are read to the end. */
  const stopAtOnce = (): void => {
    if (firstByteAtMs === null || isWaiting || client.wasBehind) return
    mayStop ??= parts.canStopAtOnce()
    if (mayStop) control.stop('client_gone')
  }

  control.onceClientGone(stopAtOnce)
  body
    .on('data', onData)
    .once('end', () => finish('cut'))
    .on('error', () => finish('cut'))
    .once('close', () => finish('cut'))
  // Broken before it was looked at: it will not say so again.
  if (body.destroyed) finish('cut')
  return promise
}
