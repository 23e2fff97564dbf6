import { logoBytesMax } from '@opencredits/protocol'
import { Router } from 'express'
import { z } from 'zod'
import { addressBlock } from '../http/address-block.ts'
import { validate } from '../http/validate.ts'
import { AppError } from '../kernel/app-error.ts'
import { transact } from '../store/transact.ts'
import { type AppSettingsDeps, madeBy } from './app-settings-deps.ts'
import { changeSettings } from './change-settings.ts'
import { decodeLogo } from './decode-logo.ts'
import { keepLogo, releaseLogos } from './keep-logo.ts'
import { readSettings } from './read-settings.ts'
import { requireSettingsCaller } from './settings-caller.ts'

/** In base64, with room for the rest of the body. */
const bodyBytesMax = Math.ceil(logoBytesMax / 3) * 4 + 1024

/** A picture in JSON, as our own pages send everything: a form of another site cannot. */
export const logoSchema = z.strictObject({
  image: z
    .base64({ error: 'expected the bytes of a picture in base64' })
    .min(1)
    .max(bodyBytesMax)
    .describe('PNG, JPEG, WebP or GIF, at most 1 MB, in base64'),
})

/** An app's own logo, on our origin. */
export function createLogoRouter(deps: AppSettingsDeps): Router {
  const { db, clock } = deps
  const router = Router()
  const uploads = deps.createThrottle({ name: 'partner-logos', times: 30, perSeconds: 3600 })

  router.put('/v1/partner/app/logo', async (request, response) => {
    const { appId } = await requireSettingsCaller(deps, request)
    const owner = { name: addressBlock(deps.clientAddress(request)), isPaying: false }
    const body = await deps.readBody(request, { bytesMax: bodyBytesMax, owner })
    try {
      const { image } = validate(logoSchema, body.takeObject())
      await uploads.take(appId)
      const bytes = await decodeLogo(Buffer.from(image, 'base64'))
      // As in `readChange`: the body took its time.
      const caller = await requireSettingsCaller(deps, request)
      const by = madeBy(deps, request, caller)
      await transact(db, async (transaction) => {
        const path = await keepLogo(transaction, { appId, bytes }, clock.nowMs())
        const change = { logo_url: deps.publicUrl + path }
        await changeSettings(transaction, { caller, change, by, offered: [] }, clock.nowMs())
      })
      response.set('cache-control', 'no-store').json(await readSettings(db, caller.partnerId, clock.nowMs()))
    } finally {
      body.release()
    }
  })

  router.delete('/v1/partner/app/logo', async (request, response) => {
    const caller = await requireSettingsCaller(deps, request)
    const by = madeBy(deps, request, caller)
    await transact(db, async (transaction) => {
      await releaseLogos(transaction, caller.appId, clock.nowMs())
      await changeSettings(transaction, { caller, change: { logo_url: null }, by, offered: [] }, clock.nowMs())
    })
    response.set('cache-control', 'no-store').json(await readSettings(db, caller.partnerId, clock.nowMs()))
  })

  router.get('/logos/:file', async (request, response) => {
    const hash = /^([0-9a-f]{64})\.webp$/.exec(request.params.file)?.[1]
    const logo =
      hash === undefined
        ? undefined
        : await db.selectFrom('partner_logos').select('bytes').where('hash', '=', hash).executeTakeFirst()
    if (logo === undefined) throw new AppError('not_found', 'There is no such logo.')
    response.set(logoHeaders).type('image/webp').send(Buffer.from(logo.bytes))
  })
  return router
}

/** Opened by itself, it is a picture and can do nothing. Apps' pages may show it too. */
const logoHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}
