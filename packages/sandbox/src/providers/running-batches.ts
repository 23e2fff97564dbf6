import { createHash, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BatchPlan } from './batch-plan.ts'
import type { BilledItem, ProviderCall } from './call-record.ts'
import type { Workspace } from './file-shelf.ts'
import type { SandboxClock } from './sandbox-clock.ts'

export type ItemEnding = 'succeeded' | 'errored' | 'canceled' | 'expired'
/** Why an item was not begun. */
export type Interruption = 'canceled' | 'expired'

export interface ItemEnd {
  readonly ending: ItemEnding
  /** Its line in the results. */
  readonly line: string
  /** What it cost; null for all that did not succeed. */
  readonly billed: ProviderCall | null
}

export interface BatchItem {
  readonly customId: string
  end(interruption: Interruption | null): ItemEnd
}

interface NewBatch extends Workspace {
  readonly plan: Required<BatchPlan>
  readonly items: readonly BatchItem[]
}

export interface Batch extends NewBatch {
  readonly id: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  phase: 'in_progress' | 'canceling' | 'ending' | 'ended'
  /** Why it ended before all was done. */
  interruption: Interruption | null
  cancelInitiatedAtMs: number | null
  endedAtMs: number | null
  /** How often it was looked at, and its results read. */
  looks: number
  /** In the order of the results, which is not that of the items. */
  ends: readonly ItemEnd[]
  readings: number
}

export interface RunningBatches {
  /** @param onEnd is called before anybody can see the end. */
  start(batch: NewBatch, onEnd?: (batch: Batch) => void): Batch
  find(workspace: Workspace, id: string): Batch | null
  /** The newest first. */
  list(workspace: Workspace): readonly Batch[]
  all(): readonly Batch[]
  cancel(batch: Batch): void
  end(id: string): Promise<void>
  expireOverdue(): Promise<void>
  remove(batch: Batch): void
}

interface Running {
  readonly batch: Batch
  readonly onEnd: (batch: Batch) => void
}

const dayMs = 24 * 60 * 60_000
/** A long batch still lets others have their turn. */
const itemsPerTurn = 64

/** The batches of all providers, while they run and after. */
export function createRunningBatches(clock: SandboxClock, bill: (item: BilledItem) => void): RunningBatches {
  const batches = new Map<string, Running>()
  const endLater = (running: Running, delayMs: number, interruption: Interruption | null): void => {
    setTimeout(() => void finish(running, interruption, { clock, bill }), delayMs).unref()
  }
  const all = () => [...batches.values()].map(({ batch }) => batch)
  return {
    start(made, onEnd = () => {}) {
      const createdAtMs = clock.nowMs()
      const batch: Batch = {
        ...made,
        id: `${made.provider === 'anthropic' ? 'msgbatch_01' : 'batch_'}${randomBytes(12).toString('hex')}`,
        createdAtMs,
        expiresAtMs: createdAtMs + dayMs,
        phase: 'in_progress',
        interruption: null,
        cancelInitiatedAtMs: null,
        endedAtMs: null,
        ends: [],
        readings: 0,
        looks: 0,
      }
      const running = { batch, onEnd }
      batches.set(batch.id, running)
      const { endsAfterMs, isExpiring } = made.plan
      if (endsAfterMs !== null) endLater(running, endsAfterMs, isExpiring ? 'expired' : null)
      return batch
    },
    find({ provider, apiKey }, id) {
      const batch = batches.get(id)?.batch
      return batch?.provider === provider && batch.apiKey === apiKey ? batch : null
    },
    list: ({ provider, apiKey }) =>
      all()
        .filter((batch) => batch.provider === provider && batch.apiKey === apiKey)
        .reverse(),
    all,
    cancel(batch) {
      const running = batches.get(batch.id)
      if (running === undefined || batch.phase !== 'in_progress') return
      batch.phase = 'canceling'
      batch.cancelInitiatedAtMs = clock.nowMs()
      endLater(running, batch.plan.cancelingMs, 'canceled')
    },
    async end(id) {
      const running = batches.get(id)
      if (running === undefined) throw new Error(`no batch "${id}"`)
      await finish(running, running.batch.phase === 'canceling' ? 'canceled' : null, { clock, bill })
    },
    async expireOverdue() {
      const overdue = [...batches.values()].filter(({ batch }) => batch.expiresAtMs <= clock.nowMs())
      await Promise.all(overdue.map((running) => finish(running, 'expired', { clock, bill })))
    },
    remove: ({ id }) => void batches.delete(id),
  }
}

interface FinishDeps {
  readonly clock: SandboxClock
  readonly bill: (item: BilledItem) => void
}

/** Answers all items that are not interrupted, once. */
async function finish(
  { batch, onEnd }: Running,
  interruption: Interruption | null,
  { clock, bill }: FinishDeps,
): Promise<void> {
  // A batch that was canceled ends by that, also when its own end would have come first.
  if (batch.phase === 'canceling' && interruption === null) return
  if (batch.phase === 'ending' || batch.phase === 'ended') return
  batch.phase = 'ending'
  batch.interruption = interruption
  const ends: ItemEnd[] = []
  for (const [position, item] of batch.items.entries()) {
    // What was under way is finished: only every second item is interrupted.
    const end = item.end(position % 2 === 0 ? interruption : null)
    ends.push(end)
    if (end.billed !== null) bill({ batchId: batch.id, customId: item.customId, call: end.billed })
    if (position % itemsPerTurn === itemsPerTurn - 1) await nextTurn()
  }
  batch.ends = shuffle(ends, batch.id)
  batch.endedAtMs = clock.nowMs()
  onEnd(batch)
  batch.phase = 'ended'
}

/** The lines of the results, as the plan wants them. */
export function linesOf(batch: Batch): readonly string[] {
  const { isLineDoubled, isReshuffled } = batch.plan
  const ends = isReshuffled ? shuffle(batch.ends, `${batch.id} ${batch.readings}`) : batch.ends
  const lines = ends.map(({ line }) => line)
  return isLineDoubled ? [...lines, ...lines.slice(0, 1)] : lines
}

/** Another order than the given one, where there is one; the same for the same seed. */
function shuffle<Entry extends { readonly line: string }>(entries: readonly Entry[], seed: string): readonly Entry[] {
  const keyOf = ({ line }: Entry) => createHash('sha1').update(seed).update(line).digest('hex')
  const shuffled = entries
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ entry }) => entry)
  return shuffled.every((entry, index) => entry === entries[index]) ? shuffled.reverse() : shuffled
}
