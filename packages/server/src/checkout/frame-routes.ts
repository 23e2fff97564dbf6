import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckoutAppConfig, CheckoutEstimate } from '@opencredits/protocol'
import { Router } from 'express'
import type { CurrencyConfig } from '../config.ts'
import { serveFiles } from '../http/serve-files.ts'
import { AppError } from '../kernel/app-error.ts'
import { isOriginAllowed } from '../partners/allowed-origin.ts'
import type { Partner, PartnerDirectory } from '../partners/partner.ts'
import { frameHeaders, pageHeaders } from './frame-headers.ts'
import { findLanguageChunk } from './language-chunk.ts'
import { boundsMajor, type PurchaseBounds } from './purchase-amount.ts'

export interface FrameDeps {
  readonly partners: PartnerDirectory
  readonly currencies: readonly CurrencyConfig[]
  readonly purchaseBounds: PurchaseBounds
  readonly isSandbox: boolean
  readonly stripePublishableKey: string
  readonly stripeJsUrl: string
  readonly termsUrl: string | null
  readonly estimate: (partner: Partner) => Promise<CheckoutEstimate | null>
  /** Where `packages/sdk` was built. */
  readonly sdkDistPath: string
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

  router.get('/checkout', async (request, response) => {
    const partner = await findPartner(deps.partners, String(request.query.pk ?? ''))
    const origin = String(request.query.origin ?? '')
    if (partner === null || !isOriginAllowed(partner, origin, deps.isSandbox)) {
      response
        .status(403)
        .set(pageHeaders)
        .type('html')
        .send(refusalPage(partner === null, origin))
      return
    }
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
          stripeJsUrl: deps.stripeJsUrl,
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

async function findPartner(partners: PartnerDirectory, publishableKey: string): Promise<Partner | null> {
  try {
    return await partners.byPublishableKey(publishableKey)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_request') return null
    throw error
  }
}

function configOf(deps: FrameDeps, partner: Partner, origin: string): Omit<CheckoutAppConfig, 'estimate'> {
  return {
    publishableKey: partner.publishableKey,
    appName: partner.name,
    logoUrl: partner.logoUrl,
    accentColor: partner.accentColor,
    parentOrigin: origin,
    isSandbox: deps.isSandbox,
    stripePublishableKey: deps.stripePublishableKey,
    stripeJsUrl: deps.stripeJsUrl,
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
function refusalPage(isUnknownKey: boolean, origin: string): string {
  const escaped = origin.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).slice(0, 200)
  const reason = isUnknownKey
    ? 'The publishable key is unknown. Expected the <code>oc_pk_…</code> of your app.'
    : `The origin <code>${escaped || '(none)'}</code> is not registered for this app. Register it with <code>opencredits partner update ID --origin ${escaped}</code>.`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Checkout not available</title><h1>Checkout not available</h1><p>${reason}</p></html>`
}
