import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { DirectRoute } from '../http/direct-routes.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Row } from '../store/schema.ts'
import { createAnthropicBatches } from './anthropic-batches.ts'
import type { BatchDeps } from './batch-deps.ts'
import { cancelBatch } from './cancel-batch.ts'
import { createMessageBatch } from './create-message-batch.ts'
import { deleteBatch } from './delete-batch.ts'
import { describeMessageBatch } from './describe-message-batch.ts'
import { enter } from './enter.ts'
import { findBatch, listBatches } from './find-batches.ts'
import { streamMessageResults } from './stream-message-results.ts'

const path = '/v1/messages/batches'

export const messageBatchesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  after_id: z.string().max(200).optional(),
  before_id: z.string().max(200).optional(),
})

/** Reached without Express, as a call is. */
export function batchEndpoints(deps: BatchDeps): readonly DirectRoute[] {
  return [{ path, answer: (request, response) => createMessageBatch(deps, request, response) }]
}

/** Anthropic's Message Batches: `/v1/messages/batches…`. */
export function createMessageBatchRouter(deps: BatchDeps): Router {
  const provider = createAnthropicBatches(deps.upstreams)
  const router = Router()
  const paths = (rest: string) => [`${path}${rest}`, `/messages/batches${rest}`, `/v1${path}${rest}`]
  const describe = (batch: Row<'batches'>) => describeMessageBatch(batch, { ...deps, nowMs: deps.clock.nowMs() })
  const find = async (request: Request, response: Response) => {
    const { owner } = await enter(deps, request, response)
    return findBatch(deps.db, owner, { id: String(request.params.id), kind: 'messages' })
  }

  router.post(paths(''), (request, response) => createMessageBatch(deps, request, response))

  router.get(paths(''), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    const { limit, after_id: after, before_id: before } = validate(messageBatchesQuerySchema, request.query)
    const { batches, hasMore } = await listBatches(deps.db, owner, { kind: 'messages', page: { limit, after, before } })
    response.json({
      ...{ data: batches.map(describe), has_more: hasMore },
      ...{ first_id: batches[0]?.id ?? null, last_id: batches.at(-1)?.id ?? null },
    })
  })

  router.get(paths('/:id'), async (request, response) => {
    response.json(describe(await find(request, response)))
  })

  router.post(paths('/:id/cancel'), async (request, response) => {
    const batch = await find(request, response)
    response.json(describe(await cancelBatch(deps, provider, batch)))
  })

  router.get(paths('/:id/results'), async (request, response) => {
    await streamMessageResults(deps, provider, { batch: await find(request, response), response })
  })

  router.delete(paths('/:id'), async (request, response) => {
    const { id, ...batch } = await find(request, response)
    if (batch.settled_at_ms === null) throw notEnded(id)
    await deleteBatch(deps, provider, { id, ...batch })
    response.json({ id, type: 'message_batch_deleted' })
  })
  return router
}

function notEnded(id: string): AppError {
  return new AppError('invalid_request', `Batch ${id} has not ended, or is not settled yet. Cancel it, or wait.`)
}
