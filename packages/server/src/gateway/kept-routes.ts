import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import type { KeptOwner, KeptResponse } from '../kept/kept-content.ts'
import { AppError } from '../kernel/app-error.ts'
import { shownItem } from '../wires/openai-responses/edit-answer.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { keptOwnerOf } from './kept-owner.ts'
import { listInputItems } from './list-input-items.ts'

type KeptRouterDeps = Pick<GatewayDeps, 'authenticator' | 'kept' | 'limits' | 'pepper'>

const included = z.union([z.string(), z.array(z.string())]).optional()

/** What may be asked of a kept response. */
export const keptResponseQuerySchema = z.object({
  'include[]': included,
  include: included,
  stream: z.literal('false', 'a response that is kept is read whole, not streamed. Leave stream out.').optional(),
})

export const inputItemsQuerySchema = z.object({
  'include[]': included,
  include: included,
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().max(300).optional(),
})

/** `GET` and `DELETE /v1/responses/{id}` and its `input_items`: what clients of the Responses API have kept here. */
export function createKeptRouter(deps: KeptRouterDeps): Router {
  const router = Router()
  const paths = (path: string) => [`/v1/responses/${path}`, `/responses/${path}`, `/v1/v1/responses/${path}`]

  router.get(paths(':id'), async (request, response) => {
    const owner = await enter(deps, request, response)
    const query = validate(keptResponseQuerySchema, request.query)
    response.json(wholeOf(await find(deps, owner, idOf(request)), wantsReasoning(query)))
  })

  router.get(paths(':id/input_items'), async (request, response) => {
    const owner = await enter(deps, request, response)
    const query = validate(inputItemsQuerySchema, request.query)
    const { id, input } = await find(deps, owner, idOf(request))
    response.json(listInputItems({ id, input }, query))
  })

  router.delete(paths(':id'), async (request, response) => {
    const owner = await enter(deps, request, response)
    const id = idOf(request)
    if (!(await deps.kept.forget(owner, id))) throw noSuch(id)
    response.json({ id, object: 'response', deleted: true })
  })
  return router
}

async function enter(deps: KeptRouterDeps, request: Request, response: Response): Promise<KeptOwner> {
  const key = await deps.authenticator.requireUserKey(request)
  await deps.limits.takeKey(key, response)
  if (!deps.kept.isOn)
    throw new AppError('not_found', 'Nothing is kept here: the operator has switched it off (KEPT=off).')
  return keptOwnerOf(deps, key, request)
}

async function find(deps: KeptRouterDeps, owner: KeptOwner, id: string): Promise<KeptResponse> {
  const found = await deps.kept.find(owner, id)
  if (found === null) throw noSuch(id)
  return found
}

/** Whether it never was, is somebody else's, or has had its time: all the same. */
function noSuch(id: string): AppError {
  return new AppError('not_found', `Response with id '${id.slice(0, 100)}' not found or expired.`, { param: 'id' })
}

function idOf(request: Request): string {
  return String(request.params.id)
}

function wantsReasoning(query: z.output<typeof keptResponseQuerySchema>): boolean {
  return [query.include ?? [], query['include[]'] ?? []].flat().includes('reasoning.encrypted_content')
}

function wholeOf({ envelope, output, previousId }: KeptResponse, wantsEncryptedReasoning: boolean): object {
  const shown = { previousResponseId: previousId, wantsEncryptedReasoning, note: () => {} }
  return { ...envelope, output: output.map((item) => shownItem(item, shown)) }
}
