import { setImmediate as nextTurn } from 'node:timers/promises'
import { fieldsOf } from '../../json.ts'
import { checkQuery, limitOf } from '../check-query.ts'
import type { Exchange } from '../exchange.ts'
import { pageOf } from '../page-of.ts'
import type { ProviderState } from '../provider-control.ts'
import { ProviderProblem } from '../provider-problem.ts'
import { type Batch, type ItemEnding, linesOf } from '../running-batches.ts'
import { cut } from '../stream-out.ts'
import { answerLost, failAs } from '../troubled-answer.ts'
import { checkVersion } from './answer-messages.ts'
import { messageItem } from './batch-item.ts'
import { checkBatch } from './check-batch.ts'
import { betasOf } from './check-fields.ts'

const listedDefault = 20
const listedMax = 1000
const archivedAfterMs = 29 * 24 * 60 * 60_000

/** Anthropic's Message Batches, over the batches that run here. */
export function createBatchRoutes({ batches, batchPlans, clock }: ProviderState) {
  /** @throws ProviderProblem for a batch that is not there, of another workspace, or hidden for now */
  const named = (exchange: Exchange): Batch => {
    checkCommon(exchange, 'beta')
    const id = String(fieldsOf(exchange.request.params).id)
    const batch = batches.find(exchange.call, id)
    if (batch === null) throw new ProviderProblem(404, `Message Batch \`${id}\` not found.`)
    return batch
  }
  /** A look that may come too early. */
  const looked = (exchange: Exchange): Batch => {
    const batch = named(exchange)
    batch.looks += 1
    if (batch.looks <= batch.plan.hiddenLooks)
      throw new ProviderProblem(404, `Message Batch \`${batch.id}\` not found.`)
    return batch
  }
  const isArchived = ({ createdAtMs }: Batch) => createdAtMs + archivedAfterMs <= clock.nowMs()
  const show = (exchange: Exchange, batch: Batch) => describe(exchange, batch, isArchived(batch))
  return {
    async create(exchange: Exchange): Promise<void> {
      checkCommon(exchange, 'beta')
      const plan = batchPlans.take()
      if (failAs(exchange, plan.createFailure)) return
      const requests = checkBatch(exchange.body)
      const { provider, apiKey } = exchange.call
      const items = requests.map((request) => messageItem(exchange, request))
      const batch = batches.start({ provider, apiKey, plan, items })
      if (plan.isCreateAnswerLost) return answerLost(exchange)
      exchange.response.json(show(exchange, batch))
    },
    async list(exchange: Exchange): Promise<void> {
      const query = checkCommon(exchange, 'beta limit before_id after_id')
      const { page, hasMore } = pageOf(batches.list(exchange.call), {
        afterId: query.get('after_id')?.[0],
        beforeId: query.get('before_id')?.[0],
        limit: limitOf(query, listedMax, listedDefault),
      })
      exchange.response.json({
        data: page.map((batch) => show(exchange, batch)),
        has_more: hasMore,
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
      })
    },
    async retrieve(exchange: Exchange): Promise<void> {
      exchange.response.json(show(exchange, looked(exchange)))
    },
    async cancel(exchange: Exchange): Promise<void> {
      const batch = named(exchange)
      if (batch.phase === 'ended')
        throw new ProviderProblem(400, `Message Batch \`${batch.id}\` has ended and cannot be canceled.`)
      batches.cancel(batch)
      exchange.response.json(show(exchange, batch))
    },
    async results(exchange: Exchange): Promise<void> {
      const batch = looked(exchange)
      if (batch.phase !== 'ended')
        throw new ProviderProblem(404, `Message Batch \`${batch.id}\` has no available results: it has not ended.`)
      if (isArchived(batch))
        throw new ProviderProblem(404, `Message Batch \`${batch.id}\` is archived; its results are gone.`)
      await sendLines(exchange, batch)
    },
    async remove(exchange: Exchange): Promise<void> {
      const batch = named(exchange)
      if (batch.phase !== 'ended')
        throw new ProviderProblem(400, `Message Batch \`${batch.id}\` cannot be deleted: it has not ended.`)
      batches.remove(batch)
      exchange.response.json({ id: batch.id, type: 'message_batch_deleted' })
    },
  }
}

function checkCommon(exchange: Exchange, known: string): ReadonlyMap<string, readonly string[]> {
  checkVersion(exchange)
  betasOf(exchange.header)
  return checkQuery(exchange.request, known)
}

async function sendLines({ response, call, gone }: Exchange, batch: Batch): Promise<void> {
  batch.readings += 1
  const { cutAfterLines } = batch.plan
  const isCut = cutAfterLines !== null && batch.readings === 1
  const lines = isCut ? linesOf(batch).slice(0, cutAfterLines) : linesOf(batch)
  response.status(200).set('content-type', 'application/x-jsonl')
  for (const [index, line] of lines.entries()) {
    if (gone.aborted) return
    response.write(`${line}\n`)
    if (index % 256 === 255) await nextTurn()
  }
  if (isCut) return cut(response, call)
  response.end()
}

function describe({ request }: Exchange, batch: Batch, isArchived: boolean) {
  const { id, phase, items, ends, createdAtMs, expiresAtMs, endedAtMs, cancelInitiatedAtMs } = batch
  const isEnded = phase === 'ended'
  // Until the whole batch has ended everything is processing, whatever is done.
  const count = (ending: ItemEnding) => (isEnded ? ends.filter((end) => end.ending === ending).length : 0)
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const path = request.originalUrl.slice(0, request.originalUrl.indexOf('/v1/'))
  return {
    id,
    type: 'message_batch',
    processing_status: isEnded ? 'ended' : cancelInitiatedAtMs === null ? 'in_progress' : 'canceling',
    request_counts: {
      processing: isEnded ? 0 : items.length,
      succeeded: count('succeeded'),
      errored: count('errored'),
      canceled: count('canceled'),
      expired: count('expired'),
    },
    created_at: at(createdAtMs),
    expires_at: at(expiresAtMs),
    ended_at: at(isEnded ? endedAtMs : null),
    cancel_initiated_at: at(cancelInitiatedAtMs),
    archived_at: isArchived ? at(createdAtMs + archivedAfterMs) : null,
    results_url:
      isEnded && !isArchived ? `http://${request.get('host')}${path}/v1/messages/batches/${id}/results` : null,
  }
}
