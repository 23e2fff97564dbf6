import { Router } from 'express'
import { AppError } from '../kernel/app-error.ts'
import { choosePayer } from './choose-payer.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { refuseTestKey } from './refuse-test-key.ts'

interface PayerAnswer {
  readonly billed_to: 'credits' | 'passthrough' | 'nobody'
  /** Where a credential of the user's own would go. */
  readonly provider: 'anthropic' | null
  readonly reason: string
  /** Why a call with these headers would be refused. */
  readonly error: { readonly status: number; readonly type: string; readonly message: string } | null
}

/** `GET /v1/credits/route`: who would pay for a call with these headers. It sends nothing to a provider and bills nothing. */
export function createPayerRouter(deps: Pick<GatewayDeps, 'authenticator' | 'partners'>): Router {
  const router = Router()
  router.get('/v1/credits/route', async (request, response) => {
    try {
      const payer = choosePayer(request.headers)
      const key =
        payer.billedTo === 'credits'
          ? await deps.authenticator.requireUserKey(request)
          : await deps.authenticator.authenticateUserKey(payer.key, request)
      if (payer.billedTo === 'passthrough') refuseTestKey(key)
      await deps.partners.activeById(key.partnerId)
      const answer: PayerAnswer = {
        billed_to: payer.billedTo,
        provider: payer.billedTo === 'passthrough' ? 'anthropic' : null,
        reason: reasons[payer.billedTo],
        error: null,
      }
      response.json(answer)
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error
      const { status, code: type, message } = error
      const answer: PayerAnswer = {
        billed_to: 'nobody',
        provider: null,
        reason: message,
        error: { status, type, message },
      }
      response.json(answer)
    }
  })
  return router
}

const reasons = {
  credits:
    'Credits pay: the user key is in X-User-Key, Authorization or x-api-key. Each call is deducted from the balance.',
  passthrough:
    'You pay Anthropic yourself (pass-through): the request has x-opencredits-key and your own Anthropic credential. No credits are used.',
} as const
