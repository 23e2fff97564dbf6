/** One call as the provider saw it: the truth that charges are compared with. */
export interface ProviderCall {
  readonly id: string
  readonly provider: string
  readonly path: string
  readonly model: string
  readonly apiKey: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  status: number
  isAborted: boolean
  /** What was really read and said by the time it ended. */
  inputTokens: number
  outputTokens: number
  /** The counts that were told to the caller, as far as they were. */
  reported: { readonly input: number; readonly output: number } | null
  isFinished: boolean
}

export interface ProviderControl {
  /** The next calls fail with this status, or by a dropped connection. */
  failNextCalls(count: number, how: number | 'drop'): Promise<void>
  /** Calls with this key fail with this status; 0 lets them pass again. */
  failKey(apiKey: string, status: number): Promise<void>
  calls(): Promise<readonly ProviderCall[]>
  clear(): Promise<void>
}

export interface ProviderState {
  readonly calls: ProviderCall[]
  readonly failingKeys: Map<string, number>
  failure: { count: number; how: number | 'drop' }
}

export function createProviderControl(state: ProviderState): ProviderControl {
  return {
    async failNextCalls(count, how) {
      state.failure = { count, how }
    },
    async failKey(apiKey, status) {
      if (status === 0) state.failingKeys.delete(apiKey)
      else state.failingKeys.set(apiKey, status)
    },
    calls: async () => state.calls,
    async clear() {
      state.calls.length = 0
    },
  }
}
