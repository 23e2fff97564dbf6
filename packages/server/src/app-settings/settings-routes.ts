import type { OfferedModel } from '@opencredits/protocol'
import { Router } from 'express'
import { microcredits } from '../kernel/microcredits.ts'
import { creditsOf } from '../lists/formats.ts'
import { addShareAndFee } from '../partners/call-cost.ts'
import { readChange } from '../partners/read-change.ts'
import type { Model } from '../pricing/catalogue.ts'
import { transact } from '../store/transact.ts'
import { type AppSettingsDeps, madeBy, modelsOnOffer } from './app-settings-deps.ts'
import { changeSettings } from './change-settings.ts'
import { createPartnerKeyRouter } from './key-routes.ts'
import { createLogoRouter } from './logo-routes.ts'
import { readSettings } from './read-settings.ts'
import { requireSettingsCaller } from './settings-caller.ts'
import { settingsSchema } from './settings-schema.ts'

/** What an app's members, or its server with a restricted key, set: settings, logo and keys. */
export function createAppSettingsRouter(deps: AppSettingsDeps): Router {
  const { db, clock, partnerAuthenticator } = deps
  const router = Router()

  router.get('/v1/partner/app', async (request, response) => {
    const { partnerId } = await partnerAuthenticator.require(request, 'app:read')
    response.set('cache-control', 'no-store').json(await readSettings(db, partnerId, clock.nowMs()))
  })

  router.patch('/v1/partner/app', async (request, response) => {
    const requireCaller = () => requireSettingsCaller(deps, request)
    const { caller, asked: change } = await readChange(deps, request, { schema: settingsSchema, requireCaller })
    const offered = modelsOnOffer(deps).map(({ id }) => id)
    const act = { caller, change, by: madeBy(deps, request, caller), offered }
    await transact(db, (transaction) => changeSettings(transaction, act, clock.nowMs()))
    response.set('cache-control', 'no-store').json(await readSettings(db, caller.partnerId, clock.nowMs()))
  })

  router.get('/v1/partner/models', async (request, response) => {
    const { partnerId } = await partnerAuthenticator.require(request, 'app:read')
    const row = await db
      .selectFrom('partners')
      .select('share_basis_points')
      .where('id', '=', partnerId)
      .executeTakeFirstOrThrow()
    const terms = { shareBasisPoints: row.share_basis_points, feeBasisPoints: deps.operatorFeeBasisPoints }
    response
      .set('cache-control', 'no-store')
      .json({ data: modelsOnOffer(deps).map((model) => describeModel(model, terms)) })
  })

  router.use(createLogoRouter(deps))
  router.use(createPartnerKeyRouter(deps))
  return router
}

function describeModel(
  { id, name, provider, kind, contextWindow, price }: Model,
  terms: { readonly shareBasisPoints: number; readonly feeBasisPoints: number },
): OfferedModel {
  const paid = (amount: number) => creditsOf(addShareAndFee(microcredits(amount), terms).totalMicrocredits)
  return {
    ...{ id, name, provider, kind, context_window: contextWindow },
    input_price: paid(price.rates.inputPerMillion),
    output_price: paid(price.rates.outputPerMillion),
  }
}
