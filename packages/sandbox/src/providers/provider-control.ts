import type { ProviderCall } from './call-record.ts'

/** A status · the connection is cut before an answer · no answer ever. */
export type ProviderFailure = number | 'drop' | 'hang'

export interface Pace {
  /** Before the first byte of every answer. */
  readonly firstByteDelayMs?: number
  /** Between two chunks of every stream. */
  readonly delayMs?: number
}

export interface CountingTrouble {
  /** Before each count. */
  readonly delayMs?: number
  readonly failure?: ProviderFailure | null
}

/** What a test can make happen, in this process or over `POST /_sandbox/control`. */
export interface ProviderControl {
  failNextCalls(count: number, how: ProviderFailure): Promise<void>
  /** Calls with this key fail; 0 lets them pass again. */
  failKey(apiKey: string, how: ProviderFailure): Promise<void>
  /** Slows everything down; without an argument all is quick again. A directive of a call comes before this. */
  slowDown(pace?: Pace): Promise<void>
  /** Anthropic counts tokens late or not at all; without an argument it is well again. */
  troubleCounting(trouble?: CountingTrouble): Promise<void>
  /** Every call since the start or the last `clear`, the oldest first; also at `GET /_sandbox/calls`. */
  calls(): Promise<readonly ProviderCall[]>
  /** Forgets the calls; also `DELETE /_sandbox/calls`. */
  clear(): Promise<void>
  /** Keeps the newest calls only: for load, where the record must not grow. Default 20 000. */
  keepCalls(count: number): Promise<void>
}

export interface ProviderState {
  readonly calls: ProviderCall[]
  callsMax: number
  readonly failingKeys: Map<string, ProviderFailure>
  failure: { count: number; readonly how: ProviderFailure }
  pace: Required<Pace>
  counting: Required<CountingTrouble>
}

const untroubled = { delayMs: 0, failure: null }
const unhurried = { firstByteDelayMs: 0, delayMs: 0 }

export function createProviderState(): ProviderState {
  return {
    calls: [],
    callsMax: 20_000,
    failingKeys: new Map(),
    failure: { count: 0, how: 500 },
    pace: unhurried,
    counting: untroubled,
  }
}

export function createProviderControl(state: ProviderState): ProviderControl {
  return {
    async failNextCalls(count, how) {
      state.failure = { count, how }
    },
    async failKey(apiKey, how) {
      if (how === 0) state.failingKeys.delete(apiKey)
      else state.failingKeys.set(apiKey, how)
    },
    async slowDown(pace = {}) {
      state.pace = { ...unhurried, ...pace }
    },
    async troubleCounting(trouble = {}) {
      state.counting = { ...untroubled, ...trouble }
    },
    calls: async () => [...state.calls],
    async clear() {
      state.calls.length = 0
    },
    async keepCalls(count) {
      state.callsMax = count
      state.calls.splice(0, Math.max(0, state.calls.length - count))
    },
  }
}

/** The failure that is planned for this call, used up by it. */
export function takeFailure(state: ProviderState, apiKey: string): ProviderFailure | null {
  if (state.failure.count > 0) {
    state.failure.count -= 1
    return state.failure.how
  }
  return state.failingKeys.get(apiKey) ?? null
}
