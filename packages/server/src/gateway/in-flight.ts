import { AppError } from '../kernel/app-error.ts'
import { LiveList } from '../kernel/live-list.ts'

/** A call that is being answered. */
export interface RunningCall {
  readonly requestId: string
  /** Counts as far as they are known or the time tells them, for the progress marks; null for a call that has just begun. */
  progress(): { readonly inputTokens: number | null; readonly outputTokens: number } | null
  /** Ends the call now: what was generated, or may have been, is charged. */
  cut(): void
}

/** The calls of this process, so that a shutdown can wait for them and a crash loses little. */
export interface InFlight {
  readonly isAdmitting: boolean
  /** True once this server is to stop, though it may still admit: those who send it calls are to send them elsewhere. */
  readonly isLeaving: boolean
  readonly calls: Iterable<RunningCall> & { readonly size: number }
  /** @returns what tells that the call is over. */
  add(call: RunningCall): () => void
  /** Adds what is no call, though a stop waits for it: a batch that is sent or looked after. @param cut ends it now. */
  addWork(id: string, cut: () => void): () => void
  announceStop(): void
  stopAdmitting(): void
  /** Waits until no call runs; those that still run after the time are cut, settled, and waited for. */
  drain(timeoutMs: number): Promise<void>
}

export function createInFlight(): InFlight {
  const calls = new LiveList<RunningCall>()
  let isAdmitting = true
  let isLeaving = false
  let whenEmpty = Promise.withResolvers<void>()
  const add = (call: RunningCall) => {
    const leave = calls.add(call)
    return () => {
      leave()
      if (calls.size > 0) return
      whenEmpty.resolve()
      whenEmpty = Promise.withResolvers<void>()
    }
  }
  return {
    calls,
    get isAdmitting() {
      return isAdmitting
    },
    get isLeaving() {
      return isLeaving
    },
    add,
    addWork: (requestId, cut) => add({ requestId, progress: () => null, cut }),
    announceStop() {
      isLeaving = true
    },
    stopAdmitting() {
      isLeaving = true
      isAdmitting = false
    },
    async drain(timeoutMs) {
      if (calls.size === 0) return
      const empty = whenEmpty.promise
      const timer = setTimeout(() => {
        for (const call of [...calls]) call.cut()
      }, timeoutMs)
      await empty
      clearTimeout(timer)
    },
  }
}

/** @throws AppError 503 `overloaded` once a stop has begun: what is let in now might be cut. */
export function refuseWhileStopping(inFlight: InFlight): void {
  if (inFlight.isAdmitting) return
  throw new AppError('overloaded', 'The server is shutting down. Try again in a moment.', { retryAfterSeconds: 1 })
}
