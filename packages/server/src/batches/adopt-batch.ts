import { hourMs, minuteMs } from '../kernel/clock.ts'
import type { Row } from '../store/schema.ts'
import { positionOf } from './batch-ids.ts'
import { openItems } from './item-rows.ts'
import type { BatchProvider, ProviderBatch, ProviderKey } from './provider-batches.ts'
import { readLines } from './read-lines.ts'
import { type EndingDeps, releaseItems } from './release-items.ts'
import { rememberSent } from './send-batch.ts'

const patienceMs = minuteMs
/** Clocks differ. */
const slackMs = 3 * hourMs
/** A batch that its provider has ends within a day. One that is not in its list by then was never made. */
const givenUpAfterMs = 25 * hourMs

/**
 * Looks a batch up whose sending was never answered, in the provider's list around that time. Where it
 * carries no mark of ours its own lines tell, and they can be read once it has ended; until then it is open as it would
 * be anyway.
 */
export async function adoptBatch(
  deps: EndingDeps,
  batch: Row<'batches'>,
  from: { readonly provider: BatchProvider; readonly key: ProviderKey },
): Promise<void> {
  const listed = await from.provider.listSince(from.key, batch.created_at_ms - slackMs)
  if (listed.kind !== 'found') return
  for (const candidate of await candidatesOf(deps, batch, listed.found)) {
    if (!(await isOurs(batch, candidate, from))) continue
    await rememberSent(deps, batch.id, candidate)
    await deps.db
      .updateTable('batches')
      .set({ next_poll_at_ms: deps.clock.nowMs() })
      .where('id', '=', batch.id)
      .execute()
    return
  }
  if (deps.clock.nowMs() - batch.created_at_ms > givenUpAfterMs) await giveUp(deps, batch)
}

async function candidatesOf(
  { db }: EndingDeps,
  batch: Row<'batches'>,
  listed: readonly ProviderBatch[],
): Promise<readonly ProviderBatch[]> {
  const likely = listed.filter(({ hasEnded, items, tag }) =>
    tag === null ? hasEnded && (items === null || items === batch.items) : tag === batch.id,
  )
  if (likely.length === 0) return []
  const known = await db
    .selectFrom('batches')
    .select('upstream_id')
    .where(
      'upstream_id',
      'in',
      likely.map(({ upstreamId }) => upstreamId),
    )
    .execute()
  const others = new Set(known.map(({ upstream_id: id }) => id))
  return likely.filter(({ upstreamId }) => !others.has(upstreamId))
}

/** By the first line of its results. */
async function isOurs(
  batch: Row<'batches'>,
  { upstreamId, end, tag }: ProviderBatch,
  { provider, key }: { readonly provider: BatchProvider; readonly key: ProviderKey },
): Promise<boolean> {
  if (tag !== null) return true
  const asked = await provider.results(
    key,
    { upstream_id: upstreamId, upstream_end: JSON.stringify(end) },
    AbortSignal.timeout(patienceMs),
  )
  if (asked.kind !== 'found') return false
  for await (const text of readLines(asked.found)) {
    return positionOf(batch.id, provider.readLine(text)?.customId) !== null
  }
  return false
}

/** It was never made: its requests have expired, as they would have at the provider. */
async function giveUp(deps: EndingDeps, batch: Row<'batches'>): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const end = JSON.stringify({ request_counts: { expired: batch.items } })
  await deps.db
    .updateTable('batches')
    .set({ state: 'ended', ended_at_ms: nowMs, upstream_end: end })
    .where('id', '=', batch.id)
    .execute()
  const open = await openItems(deps.db, batch.id)
  await releaseItems(deps, batch, { items: open.values(), state: 'expired' })
}
