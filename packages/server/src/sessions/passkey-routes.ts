import { Router } from 'express'
import { addressBlock } from '../http/address-block.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { findUser } from '../users/find-user.ts'
import { describeSession } from './describe-session.ts'
import { keepChallenge, takeChallenge } from './passkey-challenge.ts'
import { usedPasskeySchema } from './passkey-schemas.ts'
import { checkPasskey, notePasskeyUse, passkeySiteOf, signInOptions } from './passkeys.ts'
import type { SessionRoutesDeps } from './session-routes.ts'
import { signInBrowser } from './sign-in-browser.ts'

/** Signing in by passkey in place of a mailed code: `/v1/session/passkey`. */
export function createPasskeyRouter(deps: SessionRoutesDeps): Router {
  const router = Router()
  const site = passkeySiteOf(deps.publicUrl)
  const triesPerAddress = deps.createThrottle({ name: 'passkey-address', times: 60, perSeconds: 900 })
  const use = { purpose: 'sign_in', userId: null } as const

  router.post('/v1/session/passkey/options', async (request, response) => {
    deps.requireOwnPage(request)
    await triesPerAddress.take(addressBlock(deps.clientAddress(request)))
    const options = await signInOptions(site)
    const kept = await keepChallenge(deps, { ...use, challenge: options.challenge }, deps.clock.nowMs())
    response.set('cache-control', 'no-store').json({ challenge_id: kept, options })
  })

  router.post('/v1/session/passkey', async (request, response) => {
    deps.requireOwnPage(request)
    const body = validate(usedPasskeySchema, await deps.readJson(request))
    await triesPerAddress.take(addressBlock(deps.clientAddress(request)))
    const challenge = await takeChallenge(deps, body.challenge_id, use, deps.clock.nowMs())
    const checked = await checkPasskey(deps.db, site, challenge, body.response)
    const user = await signInBrowser(deps, request, response, async (transaction, nowMs) => {
      await notePasskeyUse(transaction, checked, nowMs)
      const owner = await findUser(transaction, checked.passkey.user_id)
      if (owner !== null && owner.email !== null) return { userId: owner.id, email: owner.email, passkeyAtMs: nowMs }
      throw new AppError('invalid_request', 'response: the account of this passkey is closed.', { param: 'response' })
    })
    response.set('cache-control', 'no-store').json(describeSession(user, deps.roleRules))
  })
  return router
}
