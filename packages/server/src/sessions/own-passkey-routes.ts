import { type Request, Router } from 'express'
import { recordAct } from '../audit-log/record-act.ts'
import { requestIdOf } from '../http/request-id.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { transact } from '../store/transact.ts'
import { type AuthenticatedSession, requireRecentSignIn } from './authenticate-session.ts'
import { keepChallenge, takeChallenge } from './passkey-challenge.ts'
import { newPasskeySchema } from './passkey-schemas.ts'
import { passkeySiteOf, readNewPasskey, registrationOptions } from './passkeys.ts'
import { requirePasskey } from './session-roles.ts'
import type { SessionRoutesDeps } from './session-routes.ts'

const passkeysMax = 20

/**
 * A user's own passkeys: `/v1/session/passkeys`. Adding and removing one needs a recent sign-in, and where a role of the
 * user needs a passkey, one of those that there are: a mailbox alone is no way around them.
 */
export function createOwnPasskeyRouter(deps: SessionRoutesDeps): Router {
  const router = Router()
  const site = passkeySiteOf(deps.publicUrl)
  const requireRecent = async (request: Request): Promise<AuthenticatedSession> => {
    const session = await deps.sessionAuthenticator.requireSession(request)
    requireRecentSignIn(session, deps.clock.nowMs())
    if ((await passkeysOf(deps.db, session.userId)).length > 0) requirePasskey(session, deps.roleRules)
    return session
  }

  router.get('/v1/session/passkeys', async (request, response) => {
    const session = await deps.sessionAuthenticator.requireSession(request)
    const rows = await passkeysOf(deps.db, session.userId)
    response.set('cache-control', 'no-store').json({ data: rows.map(describe) })
  })

  router.post('/v1/session/passkeys/options', async (request, response) => {
    const session = await requireRecent(request)
    const options = await registrationOptions(site, session, await passkeysOf(deps.db, session.userId))
    const use = { purpose: 'register', userId: session.userId, challenge: options.challenge } as const
    const kept = await keepChallenge(deps, use, deps.clock.nowMs())
    response.set('cache-control', 'no-store').json({ challenge_id: kept, options })
  })

  router.post('/v1/session/passkeys', async (request, response) => {
    const session = await requireRecent(request)
    const body = validate(newPasskeySchema, await deps.readJson(request))
    const nowMs = deps.clock.nowMs()
    const use = { purpose: 'register', userId: session.userId } as const
    const challenge = await takeChallenge(deps, body.challenge_id, use, nowMs)
    const passkey = await readNewPasskey(site, challenge, body.response)
    const row = {
      id: passkey.id,
      user_id: session.userId,
      name: body.name,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: JSON.stringify(passkey.transports),
      created_at_ms: nowMs,
      last_used_at_ms: null,
    }
    await transact(deps.db, async (transaction) => {
      await insertPasskey(transaction, row)
      await recordAct(transaction, actOf(deps, request, session, { action: 'passkey.added', id: row.id }), nowMs)
    })
    response.status(201).set('cache-control', 'no-store').json(describe(row))
  })

  router.delete('/v1/session/passkeys/:id', async (request, response) => {
    const session = await requireRecent(request)
    const { id } = request.params
    const nowMs = deps.clock.nowMs()
    await transact(deps.db, async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom('passkeys')
        .where('id', '=', id)
        .where('user_id', '=', session.userId)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw new AppError('not_found', 'There is no such passkey.')
      await recordAct(transaction, actOf(deps, request, session, { action: 'passkey.removed', id }), nowMs)
    })
    response.json({ id, deleted: true })
  })
  return router
}

async function insertPasskey(transaction: DatabaseTransaction, row: Row<'passkeys'>): Promise<void> {
  const existing = await passkeysOf(transaction, row.user_id)
  if (existing.length >= passkeysMax)
    throw new AppError('conflict', `There are ${passkeysMax} passkeys already; remove one first.`)
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('passkeys')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new AppError('conflict', 'This passkey is registered already.')
}

function passkeysOf(db: DatabaseReader, userId: string): Promise<Row<'passkeys'>[]> {
  return db.selectFrom('passkeys').selectAll().where('user_id', '=', userId).orderBy('created_at_ms').execute()
}

function actOf(
  deps: SessionRoutesDeps,
  request: Request,
  session: AuthenticatedSession,
  act: { readonly action: string; readonly id: string },
) {
  return {
    actor: { kind: 'user', id: session.userId },
    action: act.action,
    target: { kind: 'passkey', id: act.id },
    userId: session.userId,
    requestId: requestIdOf(request),
    address: deps.clientAddress(request),
  } as const
}

function describe(row: Row<'passkeys'>) {
  return {
    id: row.id,
    name: row.name,
    created_at: Math.floor(row.created_at_ms / 1000),
    last_used_at: row.last_used_at_ms === null ? null : Math.floor(row.last_used_at_ms / 1000),
  }
}
