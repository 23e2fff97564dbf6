import { AppError } from '../kernel/app-error.ts'
import type { ModelProvider } from '../pricing/catalogue.ts'
import { isStoreAway } from './extend-hold.ts'

/**
 * What broke an answer that had been asked for. Of the provider: its connection was `cut`, its own `error_event`, an event
 * that is `unreadable`, no credible `usage`, a `timeout` of a whole answer. Ours: the `store` stayed away, or something
 * is `broken` here.
 */
export type StreamFault = 'cut' | 'error_event' | 'unreadable' | 'usage' | 'timeout' | 'store' | 'broken'

export const streamFaults: readonly StreamFault[] = [
  ...(['cut', 'error_event', 'unreadable', 'usage', 'timeout', 'store', 'broken'] as const),
]

export type OnStreamFault = (provider: ModelProvider, fault: StreamFault) => void

/** Which of ours a failure on our side is. */
export function faultOf(failure: unknown): 'store' | 'broken' {
  return isStoreAway(failure) ? 'store' : 'broken'
}

const messages: Readonly<Record<StreamFault, string>> = {
  cut: 'The AI provider’s answer broke off; what was generated is charged. Ask again.',
  error_event: 'The AI provider failed in the middle of its answer; what was generated is charged. Ask again.',
  unreadable: 'The AI provider’s answer could not be read any further; what was generated is charged. Ask again.',
  usage: 'The AI provider did not say what its answer used; it was counted here.',
  timeout:
    'The AI provider took longer than this server waits for an answer that does not stream; what it may have generated is charged. Ask for a stream, or for less.',
  store:
    'The server’s store does not answer, and the answer was cut; what was generated is charged. Ask again in a few seconds.',
  broken:
    'Something went wrong on our side, and the answer was cut; what was generated is charged. Ask again; if it stays, tell us the request id.',
}

/** What a client is told: whose fault it is, by its code. */
export function errorOfFault(fault: StreamFault): AppError {
  const code = fault === 'store' ? 'overloaded' : fault === 'broken' ? 'internal_error' : 'upstream_error'
  return new AppError(code, messages[fault])
}
