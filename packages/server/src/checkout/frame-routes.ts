import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckoutAppConfig, CheckoutEstimate } from '@opencredits/protocol'
import { type Request, type Response, Router } from 'express'
import type { CurrencyConfig } from '../config.ts'
import { serveFiles } from '../http/serve-files.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Observations } from '../partners/observations.ts'
import type { OriginGuard } from '../partners/origin-guard.ts'
import type { Partner, PartnerDirectory } from '../partners/partner.ts'
import { frameHeaders, pageHeaders, previewHeaders } from './frame-headers.ts'
import { findLanguageChunk } from './language-chunk.ts'
import type { PaymentForm, PaymentWorlds } from './payment-worlds.ts'
import { boundsMajor, type PurchaseBounds } from './purchase-amount.ts'

export interface FrameDeps {
  readonly publicUrl: string
  readonly partners: PartnerDirectory
  readonly originGuard: OriginGuard
  readonly currencies: readonly CurrencyConfig[]
  readonly purchaseBounds: PurchaseBounds
  readonly isSandbox: boolean
  readonly payments: PaymentWorlds
  readonly termsUrl: string | null
  readonly estimate: (partner: Partner) => Promise<CheckoutEstimate | null>
  /** Where `packages/sdk` was built. */
  readonly sdkDistPath: string
  readonly observations: Pick<Observations, 'note'>
}

const configMarker = '<!--opencredits-config-->'

/** `/assets/sdk.js`, and the checkout app in its frame. */
export function createFrameRouter(deps: FrameDeps): Router {
  const router = Router()

  // Not `sendFile`: that has no ETag where the app has none, and pages would load the whole of it every five minutes.
  const sdkFiles = serveFiles(deps.sdkDistPath, {
    maxAge: 300_000,
    // Any page may load it, one that is cross-origin isolated too.
    setHeaders: (response) => {
      response.setHeader('cross-origin-resource-policy', 'cross-origin')
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('x-content-type-options', 'nosniff')
    },
  })
  router.get('/assets/sdk.js', (request, response, next) => {
    request.url = '/sdk.js'
    sdkFiles(request, response, next)
  })

  router.get('/checkout', async (request, response, next) => {
    if (request.query.preview !== '1') return next()
    await sendPreview(deps, request, response)
  })

  router.get('/checkout', async (request, response) => {
    const origin = String(request.query.origin ?? '')
    const found = await findPartner(deps, String(request.query.pk ?? ''), origin)
    if ('refusal' in found) {
      // The browser says of a frame that it blocks what nobody here can mend: `sdk.js` has said what is wrong already.
      if (request.headers['sec-fetch-dest'] === 'iframe') {
        response.status(204).set(pageHeaders).end()
        return
      }
      response.status(403).set(pageHeaders).type('html').send(refusalPage(found.refusal))
      return
    }
    const { partner } = found
    deps.observations.note(partner.id, 'checkout_shown', origin)
    const checkoutPath = join(deps.sdkDistPath, 'checkout')
    const [page, chunk, estimate] = await Promise.all([
      readFile(join(checkoutPath, 'index.html'), 'utf8'),
      findLanguageChunk(request, checkoutPath),
      partner.isActive ? deps.estimate(partner) : null,
    ])
    response
      .set(
        frameHeaders({
          frameAncestors: [origin, ...partner.origins],
          stripeJsUrl: formOf(deps, partner)?.jsUrl ?? null,
          isIsolated: request.query.isolated === '1',
        }),
      )
      .type('html')
      // A function, so that a `$` in the config is no pattern.
      .send(
        page.replace(
          configMarker,
          () => preloadElement(chunk) + configElement({ ...configOf(deps, partner, origin), estimate }),
        ),
      )
  })

  router.use(
    '/checkout/assets',
    serveFiles(join(deps.sdkDistPath, 'checkout/assets'), {
      immutable: true,
      maxAge: '1y',
      setHeaders: (response) => response.setHeader('cross-origin-resource-policy', 'cross-origin'),
    }),
  )
  return router
}

/**
 * The checkout as the console shows it to an app's maker: only our own pages frame it, and it can call nobody. What it shows
 * is on every page that has the app's checkout, so nobody has to be signed in.
 */
async function sendPreview(deps: FrameDeps, request: Request, response: Response): Promise<void> {
  const partner = await deps.partners.byPublishableKey(String(request.query.pk ?? ''))
  const checkoutPath = join(deps.sdkDistPath, 'checkout')
  const [page, estimate] = await Promise.all([
    readFile(join(checkoutPath, 'preview.html'), 'utf8'),
    deps.estimate(partner).catch(() => null),
  ])
  const config = { ...configOf(deps, partner, deps.publicUrl), estimate }
  response
    .set(previewHeaders)
    .type('html')
    .send(page.replace(configMarker, () => configElement(config)))
}

async function findPartner(
  { partners, originGuard }: FrameDeps,
  publishableKey: string,
  origin: string,
): Promise<{ readonly partner: Partner } | { readonly refusal: string }> {
  try {
    const partner = await partners.byPublishableKey(publishableKey)
    originGuard.checkFraming(origin, partner)
    return { partner }
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return { refusal: error.message }
    throw error
  }
}

/** Null: the app's purchases of this world are paid on the built-in page. */
function formOf({ payments }: FrameDeps, { livemode }: Partner): PaymentForm | null {
  return (livemode ? payments.live : payments.test).form
}

function configOf(deps: FrameDeps, partner: Partner, origin: string): Omit<CheckoutAppConfig, 'estimate'> {
  const form = formOf(deps, partner)
  return {
    livemode: partner.livemode,
    publishableKey: partner.publishableKey,
    appId: partner.id,
    appName: partner.name,
    logoUrl: partner.logoUrl,
    accentColor: partner.accentColor,
    parentOrigin: origin,
    isSandbox: deps.isSandbox,
    stripe: form === null ? null : { publishableKey: form.publishableKey, jsUrl: form.jsUrl },
    currencies: deps.currencies.map((currency) => {
      const { min, max } = boundsMajor(currency, deps.purchaseBounds)
      return {
        code: currency.code,
        creditsPerMajorUnit: currency.microcreditsPerMajorUnit / 1_000_000,
        minorUnitDigits: currency.minorUnitDigits,
        amountMin: min,
        amountMax: max,
      }
    }),
    termsUrl: deps.termsUrl,
  }
}

function preloadElement(chunk: string | null): string {
  return chunk === null ? '' : `<link rel="modulepreload" crossorigin href="/checkout/${chunk}">`
}

/** A `<` in a name must not end the element. */
function configElement(config: CheckoutAppConfig): string {
  const json = JSON.stringify(config).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="opencredits-config">${json}</script>`
}

/** For the developer who looks at an empty frame: the browser shows it only when the page is opened by itself. */
function refusalPage(reason: string): string {
  const escaped = reason.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Checkout not available</title><h1>Checkout not available</h1><p>${escaped}</p></html>`
}
