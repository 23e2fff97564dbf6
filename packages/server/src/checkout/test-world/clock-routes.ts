import type { TestClockResponse } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import type { CreateThrottle } from '../../http/throttle.ts'
import { validate } from '../../http/validate.ts'
import { worldNowMs } from '../../kernel/world-clock.ts'
import type { KeyAuthenticator } from '../../keys/authenticate-key.ts'
import { advanceTestClock, clockAheadMsMax, readClockAheadMs } from '../../keys/world-time.ts'
import type { PartnerCaller } from '../../partners/partner-caller.ts'
import { transact } from '../../store/transact.ts'
import { type LateLookUpDeps, lookUpPurchasesOf } from '../look-up-late.ts'
import { requireTestCaller, type TestHelperDeps } from './helper-routes.ts'

export interface TestClockDeps extends TestHelperDeps, LateLookUpDeps {
  readonly db: TestHelperDeps['db']
  readonly authenticator: Pick<KeyAuthenticator, 'forgetAll'>
  readonly createThrottle: CreateThrottle
}

export const advanceSchema = z.object({
  seconds: z
    .int({ error: 'expected whole seconds from 1, such as 86400 for a day' })
    .min(1)
    .max(clockAheadMsMax / 1000)
    .describe('how far; time cannot be turned back'),
})

/** The time of an app's test world: `GET /v1/partner/test_clock`, `POST /v1/partner/test_clock/advance`. */
export function createTestClockRouter(deps: TestClockDeps): Router {
  const router = Router()
  // Every server reads all keys anew after each, the live ones too.
  const advances = deps.createThrottle({ name: 'test-clock-app', times: 60, perSeconds: 60 })
  const describe = (caller: PartnerCaller, aheadMs: number): TestClockResponse => ({
    app: caller.appId,
    livemode: false,
    now: Math.floor(worldNowMs(deps.clock.nowMs(), { livemode: false, clockAheadMs: aheadMs }) / 1000),
    ahead_seconds: Math.floor(aheadMs / 1000),
    seconds_left: Math.floor((clockAheadMsMax - aheadMs) / 1000),
  })

  router.get('/v1/partner/test_clock', async (request, response) => {
    const caller = await requireTestCaller(deps, request, 'app:read')
    const aheadMs = await readClockAheadMs(deps.db, caller.partnerId)
    response.set('cache-control', 'no-store').json(describe(caller, aheadMs))
  })

  router.post('/v1/partner/test_clock/advance', async (request, response) => {
    const caller = await requireTestCaller(deps, request)
    await advances.take(caller.appId)
    const { seconds } = validate(advanceSchema, await deps.readJson(request))
    const advance = { partnerId: caller.partnerId, byMs: seconds * 1000 }
    const aheadMs = await transact(deps.db, (transaction) => advanceTestClock(transaction, advance, deps.clock.nowMs()))
    deps.authenticator.forgetAll()
    // Delayed payments arrive and checkout sessions end now, and not when a timer finds out.
    await lookUpPurchasesOf(deps, caller.partnerId)
    response.set('cache-control', 'no-store').json(describe(caller, aheadMs))
  })
  return router
}
