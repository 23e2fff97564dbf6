import type { AccountKey, AccountKeySecret } from '@opencredits/protocol'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { changeKey } from '../keys/change-key.ts'
import type { IssuedKey } from '../keys/issue-key.ts'
import { issuePersonalKey } from '../keys/issue-personal-key.ts'
import { changedKeySchema, newKeySchema } from '../keys/key-limits.ts'
import { revokeAllKeys, revokeKey } from '../keys/revoke-key.ts'
import { rollKey } from '../keys/roll-key.ts'
import { accountAppId } from '../partners/account-app.ts'
import { transact } from '../store/transact.ts'
import { type AccountDeps, actingUser, requireUser } from './account-deps.ts'
import { describeKeyOfId, listKeys } from './list-keys.ts'

export const rollSchema = z.strictObject({
  grace_seconds: z
    .number()
    .int()
    .min(0)
    .max(604_800)
    .default(0)
    .describe('how long the old secret works on; at most a week'),
})

/** `/v1/account/keys`: all keys of the user, those of apps too. The page makes and changes personal ones, and ends any. */
export function createAccountKeyRouter(deps: AccountDeps): Router {
  const router = Router()

  router.get('/v1/account/keys', async (request, response) => {
    const { userId } = await requireUser(deps, request, response)
    response.json({ data: await listKeys(deps.db, userId, deps.clock.nowMs()) })
  })

  router.post('/v1/account/keys', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const limits = validate(newKeySchema, await deps.readJson(request))
    const key = { limits, partnerId: accountAppId, pepper: deps.pepper, by: actingUser(deps, request, session) }
    const issued = await transact(deps.db, (transaction) => issuePersonalKey(transaction, key, deps.clock.nowMs()))
    response.status(201)
    await answerSecret(deps, response, issued)
  })

  router.post('/v1/account/keys/revoke_all', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const by = actingUser(deps, request, session)
    const revoked = await transact(deps.db, (transaction) => revokeAllKeys(transaction, { by }, deps.clock.nowMs()))
    deps.authenticator.forgetAll()
    response.json({ revoked })
  })

  router.patch('/v1/account/keys/:id', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const changes = validate(changedKeySchema, await deps.readJson(request))
    const change = { keyId: request.params.id, changes, by: actingUser(deps, request, session) }
    await transact(deps.db, (transaction) => changeKey(transaction, change, deps.clock.nowMs()))
    deps.authenticator.forgetAll()
    response.json(await describeKey(deps, change.keyId))
  })

  router.delete('/v1/account/keys/:id', async (request, response) => {
    const session = await requireUser(deps, request, response)
    const revocation = { keyId: request.params.id, by: actingUser(deps, request, session) }
    await transact(deps.db, (transaction) => revokeKey(transaction, revocation, deps.clock.nowMs()))
    deps.authenticator.forgetAll()
    response.json({ id: revocation.keyId, deleted: true })
  })

  router.post('/v1/account/keys/:id/roll', async (request: Request<{ id: string }>, response) => {
    const session = await requireUser(deps, request, response)
    const { grace_seconds: graceSeconds } = validate(rollSchema, await deps.readJson(request))
    const by = actingUser(deps, request, session)
    const roll = { keyId: request.params.id, graceSeconds, pepper: deps.pepper, by }
    const rolled = await transact(deps.db, (transaction) => rollKey(transaction, roll, deps.clock.nowMs()))
    deps.authenticator.forgetAll()
    await answerSecret(deps, response, rolled)
  })
  return router
}

async function answerSecret(deps: AccountDeps, response: Response, { keyId, secret }: IssuedKey): Promise<void> {
  const answer: AccountKeySecret = { ...(await describeKey(deps, keyId)), key: secret }
  response.json(answer)
}

async function describeKey(deps: AccountDeps, keyId: string): Promise<AccountKey> {
  const key = await describeKeyOfId(deps.db, keyId, deps.clock.nowMs())
  if (key === null) throw new AppError('not_found', 'There is no such key.')
  return key
}
