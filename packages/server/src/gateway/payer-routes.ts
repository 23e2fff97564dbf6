import { Router } from 'express'
import { AppError } from '../kernel/app-error.ts'
import { choosePayer } from './choose-payer.ts'
import type { GatewayDeps } from './gateway-deps.ts'

interface PayerAnswer {
  readonly billed_to: 'credits' | 'passthrough' | 'nobody'
  /** Where a credential of the user's own would go. */
  readonly provider: 'anthropic' | null
  readonly reason: string
  /** Why a call with these headers would be refused. */
  readonly error: { readonly status: number; readonly type: string; readonly message: string } | null
}

/** `GET /v1/credits/route`: who would pay for a call with this request's headers. Nothing is sent and nothing is billed. */
export function createPayerRouter(deps: Pick<GatewayDeps, 'authenticator' | 'partners'>): Router {
  const router = Router()
  router.get('/v1/credits/route', async (request, response) => {
    try {
      const payer = choosePayer(request.headers)
      const key =
        payer.billedTo === 'credits'
          ? await deps.authenticator.requireUserKey(request)
          : await deps.authenticator.authenticateUserKey(payer.key, request)
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
  credits: 'The user key stands where it makes credits pay. Each call is deducted from the balance.',
  passthrough:
    'x-opencredits-key asks for pass-through: Anthropic bills the credential of your own that the request carries. Credits are never touched.',
} as const
