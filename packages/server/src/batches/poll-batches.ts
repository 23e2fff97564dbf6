import type { Logger } from 'pino'
import { dayMs } from '../kernel/clock.ts'
import type { Row } from '../store/schema.ts'
import { adoptBatch } from './adopt-batch.ts'
import type { BatchDeps } from './batch-deps.ts'
import { openItems } from './item-rows.ts'
import type { AnswerReader } from './measure-item.ts'
import { noteEnd, noteFound, noteGivenUp, noteStranded } from './note-look.ts'
import { type BatchProvider, isLost, keyOfBatch, type ProviderBatch, type ProviderKey } from './provider-batches.ts'
import { releaseItems, undoBatch } from './release-items.ts'
import { settleBatch } from './settle-batch.ts'

/** How the batches of each kind are looked after. */
export type BatchKinds = Readonly<Record<Row<'batches'>['kind'], BatchFormat>>

export interface BatchFormat {
  readonly provider: BatchProvider
  /** How the answers of a batch's endpoint are read. */
  readerOf(batch: Row<'batches'>): AnswerReader
  /** What a batch is given when it has ended. @returns its details. */
  onEnded(batch: Row<'batches'>, found: ProviderBatch): Promise<string>
}

export type PollDeps = BatchDeps & { readonly logger: Logger; readonly kinds: BatchKinds }

const batchesAtOnce = 4
const lookedAtMax = 100
/** The longest wait between two looks: so many times the first. */
const slowest = 10
/** Results are kept by the provider for 29 days. Whoever has not reached them by then never will. */
const strandedDaysMax = 30

/**
 * Looks after every open batch that is due: whether its provider has ended it, and what its results cost, whether or not
 * anybody asks. A look is leased by one guarded statement, so one server of an installation looks at a batch at a time.
 */
export async function pollBatches(deps: PollDeps): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const due = await deps.db
    .selectFrom('batches')
    .selectAll()
    .where('settled_at_ms', 'is', null)
    .where((where) =>
      where.or([
        where('next_poll_at_ms', '<=', nowMs),
        // Planned by a server whose clock was ahead.
        where('next_poll_at_ms', '>', nowMs + 2 * slowest * deps.batchLimits.pollMs),
      ]),
    )
    .orderBy('next_poll_at_ms')
    .limit(lookedAtMax)
    .execute()
  const left = [...due]
  const work = async () => {
    for (let batch = left.shift(); batch !== undefined; batch = left.shift()) {
      if (!deps.inFlight.isAdmitting) return
      await lookLeased(deps, batch)
    }
  }
  await Promise.all(Array.from({ length: batchesAtOnce }, work))
}

function leaseMsOf({ batchLimits }: PollDeps): number {
  return 2 * batchLimits.pollMs
}

async function lookLeased(deps: PollDeps, batch: Row<'batches'>): Promise<void> {
  const untilMs = deps.clock.nowMs() + leaseMsOf(deps)
  const leased = await deps.db
    .updateTable('batches')
    .set({ next_poll_at_ms: untilMs })
    .where('id', '=', batch.id)
    .where('next_poll_at_ms', '=', batch.next_poll_at_ms)
    .where('settled_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (leased === undefined) return
  // A stop waits until the lines at hand are settled, and no longer.
  const stop = new AbortController()
  const leave = deps.inFlight.addWork(batch.id, () => stop.abort())
  try {
    await look(deps, leased, stop.signal)
  } catch (error) {
    // The others are not to wait for what is wrong with this one.
    deps.logger.error(
      { batchId: batch.id, error: error instanceof Error ? error.name : 'unknown' },
      'a batch could not be looked after',
    )
  } finally {
    leave()
  }
  await planNext(deps, leased)
}

/** Every 30 seconds at first, and ever more seldom; a batch that is being settled is due at once. */
async function planNext({ db, clock, batchLimits: { pollMs } }: PollDeps, batch: Row<'batches'>): Promise<void> {
  const nowMs = clock.nowMs()
  const ageMs = nowMs - batch.created_at_ms
  const waitMs =
    batch.state === 'stranded' ? pollMs * slowest : Math.min(pollMs * slowest, Math.max(pollMs, ageMs / slowest))
  await db
    .updateTable('batches')
    .set({ next_poll_at_ms: Math.ceil(nowMs + waitMs) })
    .where('id', '=', batch.id)
    .where('settled_at_ms', 'is', null)
    .execute()
}

async function look(deps: PollDeps, batch: Row<'batches'>, signal: AbortSignal): Promise<void> {
  if (batch.state === 'refused') return undoBatch(deps, batch)
  const key = keyOfBatch(deps, batch)
  if (key === null) return strand(deps, batch, 'its key is no longer configured')
  const { provider } = deps.kinds[batch.kind]
  if (batch.upstream_id === null && batch.ended_at_ms === null) return adoptBatch(deps, batch, { provider, key })
  const ended = batch.ended_at_ms === null ? await seeEnd(deps, batch, key) : batch
  if (ended !== null) await settle(deps, ended, { key, signal })
}

/** @returns the batch if it has ended. */
async function seeEnd(deps: PollDeps, batch: Row<'batches'>, key: ProviderKey): Promise<Row<'batches'> | null> {
  const { provider } = deps.kinds[batch.kind]
  const asked = await provider.retrieve(key, batch)
  if (isLost(batch, asked, deps.clock.nowMs())) await strand(deps, batch, 'its provider does not show it any more')
  if (asked.kind !== 'found') return null
  if (asked.found.hasEnded) return rememberEnd(deps, batch, asked.found)
  const isCancelLost = batch.cancel_requested_at_ms !== null && !asked.found.isCanceling
  if (isCancelLost) await provider.cancel(key, batch)
  const state = batch.cancel_requested_at_ms === null ? 'in_progress' : 'canceling'
  await deps.db
    .updateTable('batches')
    .set({ state })
    .where('id', '=', batch.id)
    .where('ended_at_ms', 'is', null)
    .execute()
  return null
}

async function rememberEnd(
  deps: PollDeps,
  batch: Row<'batches'>,
  found: ProviderBatch,
): Promise<Row<'batches'> | null> {
  const details = await deps.kinds[batch.kind].onEnded(batch, found)
  return noteEnd(deps.db, batch, {
    details,
    endedAtMs: found.endedAtMs ?? deps.clock.nowMs(),
    upstreamEnd: JSON.stringify(found.end),
  })
}

async function settle(
  deps: PollDeps,
  batch: Row<'batches'>,
  { key, signal }: { readonly key: ProviderKey; readonly signal: AbortSignal },
): Promise<void> {
  const { provider, readerOf } = deps.kinds[batch.kind]
  const asked = await provider.results(key, batch, signal)
  if (isLost(batch, asked, deps.clock.nowMs())) return strand(deps, batch, 'its results are gone')
  if (asked.kind !== 'found') return
  if (batch.state === 'stranded') await noteFound(deps.db, batch)
  await settleBatch({ ...deps, leaseMs: leaseMsOf(deps) }, batch, {
    files: asked.found,
    provider,
    reader: readerOf(batch),
  })
}

/**
 * Nobody can say what the batch has used: the operator is told, and everything stays as it is, in case the key comes back.
 * After 30 days there are no results any more, and its hold goes back whole.
 */
async function strand(deps: PollDeps, batch: Row<'batches'>, reason: string): Promise<void> {
  if (deps.clock.nowMs() - batch.created_at_ms > strandedDaysMax * dayMs) return giveBack(deps, batch)
  if (await noteStranded(deps.db, batch))
    deps.logger.error({ batchId: batch.id, provider: batch.provider, reason }, 'a batch is stranded: give its key back')
}

async function giveBack(deps: PollDeps, batch: Row<'batches'>): Promise<void> {
  const open = await openItems(deps.db, batch.id)
  await noteGivenUp(deps.db, batch, deps.clock.nowMs())
  await releaseItems(deps, batch, { items: open.values(), state: 'missing' })
}
