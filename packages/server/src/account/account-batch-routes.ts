import { Router } from 'express'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { decodeCursor, pageOf } from '../lists/cursor.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { type AccountDeps, requireUser } from './account-deps.ts'
import { afterBatch, batchesQuery, describeBatch } from './list-batches.ts'

/** `GET /v1/account/batches`, `POST /v1/account/batches/{id}/cancel`. */
export function createAccountBatchRouter(deps: AccountDeps): Router {
  const { db, clock } = deps
  const router = Router()

  router.get('/v1/account/batches', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const query = validate(pageQuerySchema, request.query)
    const after = decodeCursor(query.after)
    const all = batchesQuery(db, userId)
    const rows = await (after === null ? all : afterBatch(all, after)).limit(query.limit + 1).execute()
    const cursor = (row: (typeof rows)[number]) => ({ atMs: row.created_at_ms, id: row.id })
    response.json(pageOf(rows, query.limit, { cursor, entry: describeBatch }))
  })

  router.post('/v1/account/batches/:id/cancel', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const own = batchesQuery(db, userId).where('batches.id', '=', request.params.id)
    if ((await own.executeTakeFirst()) === undefined) throw new AppError('not_found', 'There is no such batch.')
    // The wish is enough: whoever looks after the batch next tells its provider, and that is due now.
    const wished = await db
      .updateTable('batches')
      .set((of) => ({
        cancel_requested_at_ms: of.fn.coalesce('cancel_requested_at_ms', of.val(clock.nowMs())),
        next_poll_at_ms: clock.nowMs(),
      }))
      .where('id', '=', request.params.id)
      .where('ended_at_ms', 'is', null)
      .executeTakeFirst()
    if (wished.numUpdatedRows === 0n) throw new AppError('conflict', 'This batch has ended.')
    response.json(describeBatch(await own.executeTakeFirstOrThrow()))
  })
  return router
}
