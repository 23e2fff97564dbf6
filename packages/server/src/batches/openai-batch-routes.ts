import { Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import type { BatchDeps } from './batch-deps.ts'
import { cancelBatch } from './cancel-batch.ts'
import { createOpenaiBatch } from './create-openai-batch.ts'
import { describeOpenaiBatch } from './describe-openai-batch.ts'
import { enter } from './enter.ts'
import { findBatch, listBatches } from './find-batches.ts'
import { createOpenaiBatches } from './openai-batches.ts'

export const openaiBatchesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().max(200).optional(),
})

/** OpenAI's Batches: `/v1/batches…`. Their results are files. */
export function createOpenaiBatchRouter(deps: BatchDeps): Router {
  const provider = createOpenaiBatches(deps.upstreams)
  const router = Router()
  const paths = (rest: string) => [`/v1/batches${rest}`, `/batches${rest}`, `/v1/v1/batches${rest}`]

  router.post(paths(''), async (request, response) => {
    const entered = await enter(deps, request, response)
    response.json(describeOpenaiBatch(await createOpenaiBatch(deps, entered, request)))
  })

  router.get(paths(''), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    const page = validate(openaiBatchesQuerySchema, request.query)
    const { batches, hasMore } = await listBatches(deps.db, owner, { kind: 'openai', page })
    response.json({
      ...{ object: 'list', data: batches.map(describeOpenaiBatch), has_more: hasMore },
      ...{ first_id: batches[0]?.id ?? null, last_id: batches.at(-1)?.id ?? null },
    })
  })

  router.get(paths('/:id'), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    const batch = await findBatch(deps.db, owner, { id: String(request.params.id), kind: 'openai' })
    response.json(describeOpenaiBatch(batch))
  })

  router.post(paths('/:id/cancel'), async (request, response) => {
    const { owner } = await enter(deps, request, response)
    const batch = await findBatch(deps.db, owner, { id: String(request.params.id), kind: 'openai' })
    response.json(describeOpenaiBatch(await cancelBatch(deps, provider, batch)))
  })
  return router
}
