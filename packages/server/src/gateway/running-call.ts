import type { ServerResponse } from 'node:http'
import type { StreamMeter } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { InFlight, RunningCall } from './in-flight.ts'

/** One call while it runs: who may stop it, and why it was stopped. */
export interface CallControl {
  /** Aborts the call to the provider. */
  readonly signal: AbortSignal
  readonly isClientGone: boolean
  readonly isCut: boolean
  /** From here on progress is known, and a client that leaves stops the provider at once. */
  follow(meter: StreamMeter): void
  stopUpstream(): void
  finish(): void
}

/**
 * On the low side: it counts only when a server dies in the middle of a stream, and then nobody is to pay for more than was
 * generated. Prose has some 4.5 bytes a token.
 */
const bytesPerToken = 5.5

/**
 * Registers a call as running. A client that leaves before anything was generated does not stop the provider: what it
 * has begun to read would be billed to the operator without a count. The first event brings one.
 */
export function startCall(inFlight: InFlight, call: AdmittedCall, response: ServerResponse): CallControl {
  const abort = new AbortController()
  let meter: StreamMeter | null = null
  let isClientGone = false
  let isCut = false
  response.once('close', () => {
    isClientGone = !response.writableFinished
    if (isClientGone && meter !== null) abort.abort()
  })
  const running: RunningCall = {
    requestId: call.requestId,
    progress: () =>
      meter === null
        ? null
        : {
            inputTokens: meter.reported.inputTokens ?? null,
            outputTokens: meter.reported.outputTokens ?? Math.floor(meter.outputBytes / bytesPerToken),
          },
    cut() {
      isCut = true
      abort.abort()
    },
  }
  inFlight.add(running)
  return {
    signal: abort.signal,
    get isClientGone() {
      return isClientGone
    },
    get isCut() {
      return isCut
    },
    follow(followed) {
      meter = followed
    },
    stopUpstream: () => abort.abort(),
    finish: () => inFlight.remove(running),
  }
}
