import { AppError } from '../kernel/app-error.ts'
import { secondMs } from '../kernel/clock.ts'
import type { Ending } from '../pricing/endings.ts'
import type { Usage } from '../pricing/usage.ts'
import type { StreamMeter, StreamTranslator } from '../wires/wire.ts'
import type { AdmittedCall } from './admit.ts'
import type { RelayedStream } from './relay-events.ts'
import type { CallControl } from './running-call.ts'
import { errorOfFault, faultOf, type StreamFault } from './stream-fault.ts'

/** What a stream was read by, and how far. */
export interface StreamParts {
  readonly meter: StreamMeter
  readonly translator: StreamTranslator | null
  /** Null where the call was stopped before its provider answered. */
  readonly relayed: RelayedStream | null
}

/** How a call's stream ended, and what its client is told where that was not its proper end. */
export interface StreamEnding {
  readonly ending: Ending
  readonly error: AppError | null
  /** What was broken, at the provider or here; null where nothing was. */
  readonly fault: StreamFault | null
}

const shutdown = () =>
  new AppError('overloaded', 'The server had to stop and cut the answer; what was generated is charged. Ask again.')

export function endingOf(
  control: Pick<CallControl, 'stoppedFor' | 'failure' | 'isClientGone'>,
  { relayed, meter }: { readonly relayed: RelayedStream | null; readonly meter: Pick<StreamMeter, 'isUsageFinal'> },
): StreamEnding {
  if (relayed?.how === 'end') {
    const fault = meter.isUsageFinal ? null : 'usage'
    return { ending: control.isClientGone ? 'client_gone' : 'completed', error: null, fault }
  }
  if (relayed?.how === 'broken') return failed('broken')
  switch (control.stoppedFor) {
    case 'failed':
      return failed(faultOf(control.failure))
    case 'shutdown':
      return { ending: 'shutdown', error: shutdown(), fault: null }
    case 'credits_exhausted':
    case 'client_gone':
      return { ending: control.stoppedFor, error: null, fault: null }
    case null: {
      const fault = relayed === null || relayed.how === 'cut' ? 'cut' : providerFaults[relayed.how]
      return { ending: control.isClientGone ? 'client_gone' : 'upstream_cut', error: errorOfFault(fault), fault }
    }
  }
}

const providerFaults = { fail: 'error_event', unreadable: 'unreadable' } as const

function failed(fault: 'store' | 'broken'): StreamEnding {
  return { ending: fault === 'store' ? 'store_failed' : 'server_failed', error: errorOfFault(fault), fault }
}

/** The end of a stream that has come to its end, or to that of the credits: in the client's own format, with the counts that are charged. */
export function properEnd(
  call: AdmittedCall,
  ending: 'completed' | 'credits_exhausted',
  stream: StreamParts,
  told: { readonly usage: Usage; readonly heldTokens: number },
): Buffer | string {
  const { meter, translator, relayed } = stream
  if (ending === 'completed')
    return translator === null ? Buffer.concat(relayed?.heldBack ?? []) : translator.finish(told.usage, false)
  const head = { ...call, createdSeconds: Math.floor(call.admittedAtMs / secondMs) }
  const cut = translator === null ? meter.cutShort(told.usage, head) : translator.finish(told.usage, true)
  return `: opencredits-max-tokens ${told.heldTokens}\n\n${cut}`
}

/** The end of a stream that failed: the provider's own words, where the client knows them, or ours. */
export function errorEnd(call: AdmittedCall, error: AppError, { translator, relayed }: StreamParts): Buffer | string {
  const own = relayed?.how === 'fail' && translator === null ? relayed.heldBack.at(-1) : undefined
  return own ?? call.wire.formatStreamError(error, call.requestId)
}
