import type { Readable } from 'node:stream'
import type { InFlight } from '../gateway/in-flight.ts'
import type { Row } from '../store/schema.ts'
import { positionOf } from './batch-ids.ts'
import { endItems, type ItemEnd } from './end-items.ts'
import { openItems } from './item-rows.ts'
import { type AnswerReader, type MeasureDeps, measureItem } from './measure-item.ts'
import type { BatchProvider, ResultLine } from './provider-batches.ts'
import { readLines } from './read-lines.ts'
import { type EndingDeps, itemsAtOnce, releaseItems } from './release-items.ts'

export interface SettleDeps extends EndingDeps, MeasureDeps {
  readonly inFlight: InFlight
  readonly leaseMs: number
}

/** So often a file of results that leaves requests out is read, before they count as missing. */
const readsMax = 3

/**
 * Settles a batch by its results, in groups. Which requests are open stands in their rows, so that it goes on where it
 * was, whatever the order of the lines: a line that comes twice, or is of nobody here, changes nothing. What the whole
 * file does not mention is charged nothing, once that is certain.
 */
export async function settleBatch(
  deps: SettleDeps,
  batch: Row<'batches'>,
  results: { readonly files: readonly Readable[]; readonly provider: BatchProvider; readonly reader: AnswerReader },
): Promise<void> {
  const open = await openItems(deps.db, batch.id)
  let group: ItemEnd[] = []
  const flush = async () => {
    const nowMs = deps.clock.nowMs()
    await endItems(deps, { batch, ends: group, nowMs, leasedUntilMs: nowMs + deps.leaseMs })
    group = []
  }
  for await (const text of readLines(results.files)) {
    const line = results.provider.readLine(text)
    const position = line === null ? null : positionOf(batch.id, line.customId)
    const item = position === null ? undefined : open.get(position)
    if (line === null || item === undefined) continue
    open.delete(item.position)
    group.push(await endOf(deps, { item, line, reader: results.reader }))
    if (group.length === itemsAtOnce) await flush()
    // A server that stops does not wait for the rest: the next one goes on here.
    if (!deps.inFlight.isAdmitting) break
  }
  await flush()
  if (open.size > 0 && deps.inFlight.isAdmitting) await endMissing(deps, batch, open.values())
}

async function endOf(
  deps: SettleDeps,
  one: {
    readonly item: Row<'batch_items'>
    readonly line: ResultLine
    readonly reader: AnswerReader
  },
): Promise<ItemEnd> {
  const { item, line, reader } = one
  return {
    item,
    state: line.state,
    measured: line.state === 'succeeded' ? await measureItem(deps, item, { answer: line.answer, reader }) : null,
    upstreamRequestId: line.upstreamRequestId,
  }
}

async function endMissing(deps: SettleDeps, batch: Row<'batches'>, items: Iterable<Row<'batch_items'>>): Promise<void> {
  // A file may have ended early without a word of it.
  if (batch.reads + 1 < readsMax) {
    await deps.db
      .updateTable('batches')
      .set({ reads: batch.reads + 1 })
      .where('id', '=', batch.id)
      .execute()
    return
  }
  await releaseItems(deps, batch, { items, state: 'missing' })
}
