import { Router } from 'express'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { decodeCursor } from '../lists/cursor.ts'
import { pageQuerySchema } from '../lists/page-query.ts'
import { type AccountDeps, requireUser } from './account-deps.ts'
import { createFileList } from './list-files.ts'

/** `GET /v1/account/files`, `DELETE /v1/account/files/{id}`. */
export function createAccountFileRouter(deps: AccountDeps): Router {
  const router = Router()
  const list = createFileList(deps)

  router.get('/v1/account/files', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const { after, limit } = validate(pageQuerySchema, request.query)
    response.json(await list.read(userId, { after: decodeCursor(after), limit }))
  })

  router.delete('/v1/account/files/:id', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    const { id } = request.params
    const partnerId = await list.appOf(userId, id)
    if (partnerId === null || !(await deps.files.remove({ userId, partnerId }, id)))
      throw new AppError('not_found', 'There is no such file.')
    response.json({ id, deleted: true })
  })
  return router
}
