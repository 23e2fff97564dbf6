import { type Request, type Response, Router } from 'express'
import type { ClientAddress } from '../http/client-address.ts'
import { requestIdOf } from '../http/request-id.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import type { KeyAuthenticator } from './authenticate-key.ts'
import { describeKey } from './describe-key.ts'
import { nowOfKey, readKeyOfId } from './read-key.ts'
import { revokeKey } from './revoke-key.ts'

export interface KeyRoutesDeps {
  readonly db: Database
  readonly clock: Clock
  readonly authenticator: KeyAuthenticator
  readonly clientAddress: ClientAddress
}

/**
 * `/v1/keys`, for who holds a key and no more: it reads its own limits, and an app's key ends itself. Keys are made and
 * changed with an account session, under `/v1/account/keys`.
 */
export function createKeyRouter(deps: KeyRoutesDeps): Router {
  const router = Router()

  router.get('/v1/keys', async (request, response) => {
    const { keyId } = await deps.authenticator.requireUserKey(request)
    const row = await readKeyOfId(deps.db, keyId)
    const data = row === undefined ? [] : [await describeKey(deps.db, row, nowOfKey(deps.clock.nowMs(), row))]
    response.set('cache-control', 'no-store').json({ data })
  })

  router.delete('/v1/keys/:id', async (request, response) => {
    const { keyId, userId, source } = await deps.authenticator.requireUserKey(request)
    if (request.params.id !== keyId || source === 'account') throw sessionRequired()
    const by = { userId, address: deps.clientAddress(request), requestId: requestIdOf(request) }
    await transact(deps.db, (transaction) => revokeKey(transaction, { keyId, by }, deps.clock.nowMs()))
    deps.authenticator.forgetAll()
    response.json({ id: keyId, deleted: true })
  })

  const refuse = async (request: Request, _response: Response) => {
    await deps.authenticator.requireUserKey(request)
    throw sessionRequired()
  }
  router.post('/v1/keys', refuse)
  router.patch('/v1/keys/:id', refuse)
  router.post('/v1/keys/revoke_all', refuse)
  return router
}

/** 403 `session_required`: whoever holds a key may spend with it, and not manage anything. */
export function sessionRequired(): AppError {
  return new AppError(
    'session_required',
    'A key spends and manages nothing. Its owner signs in at /account to make, change or end keys.',
    { headers: { 'x-should-retry': 'false' } },
  )
}
