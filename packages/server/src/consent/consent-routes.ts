import type { ConsentResponse } from '@opencredits/protocol'
import { type Request, Router } from 'express'
import { z } from 'zod'
import { addressBlock } from '../http/address-block.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { ReadJson } from '../http/read-json.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { CreateThrottle } from '../http/throttle.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { budgetFields } from '../keys/key-limits.ts'
import type { Pepper } from '../keys/pepper.ts'
import { readWorldNowMs } from '../keys/world-time.ts'
import { comesFromOwnPage } from '../sessions/own-page.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'
import { worldOfUser } from '../users/find-user.ts'
import { readBalanceOf, readClaimable, type SignInAnswerDeps } from './answer-sign-in.ts'
import { connectApp, findConsentRequest, useConsentRequest } from './connect-app.ts'

export interface ConsentDeps extends SignInAnswerDeps {
  readonly db: Database
  readonly pepper: Pepper
  readonly publicUrl: string
  readonly createThrottle: CreateThrottle
  readonly clientAddress: ClientAddress
  readonly readJson: ReadJson
}

export const consentSchema = z.object({
  consent_id: z.string().max(100),
  budget: budgetFields.budget,
  window: budgetFields.window.default('month'),
  models: budgetFields.models.default(null),
  expires_at: budgetFields.expires_at.default(null),
})

/** `POST /v1/login/consent`: the answer to "what may this app spend?", by the browser that signed in. */
export function createConsentRouter(deps: ConsentDeps): Router {
  const router = Router()
  const triesPerAddress = deps.createThrottle({ name: 'login-consent-address', times: 60, perSeconds: 900 })

  router.post('/v1/login/consent', async (request, response) => {
    refuseAppsPage(request, deps.publicUrl)
    const { consent_id, ...limits } = validate(consentSchema, await deps.readJson(request))
    await triesPerAddress.take(addressBlock(deps.clientAddress(request)))
    const nowMs = await nowOfConsent(deps, consent_id)
    const { userId, secret, livemode } = await transact(deps.db, async (transaction) => {
      const asked = await useConsentRequest(transaction, deps.pepper, consent_id, nowMs)
      const by = {
        userId: asked.user_id,
        address: deps.clientAddress(request),
        requestId: requestIdOf(request),
      }
      const app = { id: asked.partner_id, livemode: await worldOfUser(transaction, asked.user_id) }
      const connection = { app, sessionId: asked.session_id, limits, pepper: deps.pepper, by }
      const key = await connectApp(transaction, connection, nowMs)
      return { userId: asked.user_id, secret: key.secret, livemode: app.livemode }
    })
    deps.authenticator.forgetAll()
    const isFromFrame = comesFromOwnPage(request.headers, deps.publicUrl)
    const answer: ConsentResponse = {
      livemode,
      user_key: secret,
      balance: await readBalanceOf(deps, secret),
      claimable: await readClaimable(deps.db, userId, isFromFrame),
    }
    response.set('cache-control', 'no-store').json(answer)
  })
  return router
}

/** The time in the world of the user who was asked. An unknown request is refused where it is used. */
async function nowOfConsent({ db, clock, pepper }: ConsentDeps, consentId: string): Promise<number> {
  const asked = await findConsentRequest(db, pepper, consentId)
  return asked === null ? clock.nowMs() : readWorldNowMs({ db, clock }, asked)
}

/** An app must not answer for its user. A program that is no browser says nothing of where it comes from. */
function refuseAppsPage(request: Request, publicUrl: string): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  if ((origin === undefined && site === undefined) || comesFromOwnPage(request.headers, publicUrl)) return
  throw new AppError(
    'origin_not_allowed',
    'Only the checkout asks a user what an app may spend. Open it with OpenCredits.open() and let the user answer there.',
    { headers: { 'x-should-retry': 'false' } },
  )
}
