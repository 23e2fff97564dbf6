import { type BatchPlan, type BatchPlans, createBatchPlans } from './batch-plan.ts'
import type { BilledItem, ProviderCall } from './call-record.ts'
import { createFileShelf, type FileShelf, type FileTrouble, type StoredFile } from './file-shelf.ts'
import type { ProviderName } from './provider-problem.ts'
import { type Batch, createRunningBatches, type RunningBatches } from './running-batches.ts'
import { createSandboxClock, type SandboxClock } from './sandbox-clock.ts'

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
  /** How the next batches go, so many of them or without a number all that follow; without a plan all go well. */
  planBatches(plan?: BatchPlan, count?: number): Promise<void>
  /** Ends a batch now, whatever its plan is. @throws for one that there is not */
  endBatch(id: string): Promise<void>
  /** Every batch that is not deleted, the oldest first. */
  batches(): Promise<readonly BatchSummary[]>
  /** Every item of a batch that was billed, at half of its price, since the start or the last `clear`. */
  billedItems(): Promise<readonly BilledItem[]>
  /** Uploads fail, their answers are lost, or the store is full; without an argument it is well again. */
  troubleFiles(trouble?: FileTrouble): Promise<void>
  /** Every file that is not deleted, the oldest first. */
  files(): Promise<readonly FileSummary[]>
  /** Moves the clock of files and batches: what then is over its time expires. */
  passTime(ms: number): Promise<void>
  /** Every call since the start or the last `clear`, the oldest first; also at `GET /_sandbox/calls`. */
  calls(): Promise<readonly ProviderCall[]>
  /** Forgets the calls and the billed items; also `DELETE /_sandbox/calls`. */
  clear(): Promise<void>
  /** Keeps the newest calls only: for load, where the record must not grow. Default 20 000. */
  keepCalls(count: number): Promise<void>
}

export interface FileSummary {
  readonly id: string
  readonly provider: ProviderName
  readonly apiKey: string
  readonly filename: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly purpose: string | null
  readonly expiresAtMs: number | null
}

export interface BatchSummary {
  readonly id: string
  readonly provider: ProviderName
  readonly apiKey: string
  readonly phase: string
  readonly customIds: readonly string[]
}

export interface ProviderState {
  readonly clock: SandboxClock
  readonly shelf: FileShelf
  readonly batches: RunningBatches
  readonly batchPlans: BatchPlans
  readonly billedItems: BilledItem[]
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
  const clock = createSandboxClock()
  const billedItems: BilledItem[] = []
  return {
    clock,
    shelf: createFileShelf(clock),
    batches: createRunningBatches(clock, (item) => billedItems.push(item)),
    billedItems,
    batchPlans: createBatchPlans(),
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
    async planBatches(plan, count) {
      state.batchPlans.set(plan ?? {}, count ?? Number.POSITIVE_INFINITY)
    },
    async endBatch(id) {
      await state.batches.end(id)
    },
    batches: async () => state.batches.all().map(summaryOfBatch),
    billedItems: async () => [...state.billedItems],
    async troubleFiles(trouble) {
      state.shelf.trouble(trouble ?? {})
    },
    files: async () => state.shelf.all().map(summaryOfFile),
    async passTime(ms) {
      state.clock.pass(ms)
      await state.batches.expireOverdue()
    },
    calls: async () => [...state.calls],
    async clear() {
      state.calls.length = 0
      state.billedItems.length = 0
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

function summaryOfFile({ bytes, createdAtMs: _, ...file }: StoredFile): FileSummary {
  return { ...file, sizeBytes: bytes.length }
}

function summaryOfBatch({ id, provider, apiKey, phase, items }: Batch): BatchSummary {
  return { id, provider, apiKey, phase, customIds: items.map(({ customId }) => customId) }
}
