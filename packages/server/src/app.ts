import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { AccountDeps } from './account/account-deps.ts'
import { createAccountRouter } from './account/account-routes.ts'
import { type ClaimRoutesDeps, createClaimRouter } from './account/claim-routes.ts'
import type { AppSettingsDeps } from './app-settings/app-settings-deps.ts'
import { createAppSettingsRouter } from './app-settings/settings-routes.ts'
import type { BatchDeps } from './batches/batch-deps.ts'
import { batchEndpoints, createMessageBatchRouter } from './batches/message-batch-routes.ts'
import { createOpenaiBatchRouter } from './batches/openai-batch-routes.ts'
import { type CheckoutDeps, createCheckoutRouter } from './checkout/checkout-routes.ts'
import { createFrameRouter, type FrameDeps } from './checkout/frame-routes.ts'
import { createOpenRouter, type OpenRoutesDeps } from './checkout/open-routes.ts'
import { createPreflightRouter, type PreflightDeps } from './checkout/preflight-routes.ts'
import { createReturnRouter, type ReturnDeps } from './checkout/return-routes.ts'
import { createStripeWebhookRouter, type WebhookDeps } from './checkout/stripe/webhook-route.ts'
import { createTestPaymentRouter, type TestPaymentDeps } from './checkout/test-world/built-in-page-routes.ts'
import { createTestClockRouter } from './checkout/test-world/clock-routes.ts'
import { createTestHelperRouter, type TestHelperDeps } from './checkout/test-world/helper-routes.ts'
import { type ConsentDeps, createConsentRouter } from './consent/consent-routes.ts'
import { createLoginRouter, type LoginDeps } from './consent/login-routes.ts'
import { type CreditsDeps, createCreditsRouter } from './credits/credits-routes.ts'
import { createPricing, type PricingDeps } from './credits/describe-pricing.ts'
import { createDashboardRouter, type DashboardDeps } from './dashboard/dashboard-routes.ts'
import type { EarningsDeps } from './earnings/earnings-deps.ts'
import { createPartnerFiguresRouter } from './earnings/partner-figures-routes.ts'
import { createFileRouter, type FileRouterDeps } from './gateway/file-routes.ts'
import type { GatewayDeps } from './gateway/gateway-deps.ts'
import { createGatewayRouter, meteredEndpoints } from './gateway/gateway-routes.ts'
import { createKeptRouter } from './gateway/kept-routes.ts'
import { createModelRouter } from './gateway/model-routes.ts'
import { createPayerRouter } from './gateway/payer-routes.ts'
import { createHealthRouter } from './health-routes.ts'
import { answerErrors, answerFailure, answerNotFound } from './http/answer-error.ts'
import { answerPreflight, exposeToAnyOrigin, refusePreflight } from './http/cors.ts'
import { createDirectRoutes, type DirectRoute } from './http/direct-routes.ts'
import { closeUnread } from './http/discard-rest.ts'
import type { Door } from './http/door.ts'
import { logRequests, pathOf } from './http/log-requests.ts'
import { refuseCrumbs } from './http/refuse-crumbs.ts'
import { assignRequestId } from './http/request-id.ts'
import { createSecurityHeaders } from './http/security-headers.ts'
import { createKeyRouter, type KeyRoutesDeps } from './keys/key-routes.ts'
import { createAcceptanceRouter } from './members/acceptance-routes.ts'
import { createMemberAppRouter } from './members/app-routes.ts'
import { createMemberRouter } from './members/member-routes.ts'
import type { MembersDeps } from './members/members-deps.ts'
import { createMetricsRouter, type MetricsDeps } from './metrics/metrics-route.ts'
import { createReferenceRouter, type ReferenceDeps } from './reference/reference-routes.ts'
import { createOwnPasskeyRouter } from './sessions/own-passkey-routes.ts'
import { createPasskeyRouter } from './sessions/passkey-routes.ts'
import { createSessionRouter, type SessionRoutesDeps } from './sessions/session-routes.ts'
import type { SetupDeps } from './setup/setup-deps.ts'
import { createSetupRouter } from './setup/setup-routes.ts'
import type { WebhookRoutesDeps } from './webhooks/webhook-deps.ts'
import { createWebhookRouter } from './webhooks/webhook-routes.ts'

export type AppDeps = GatewayDeps &
  AppSettingsDeps &
  BatchDeps &
  FileRouterDeps &
  AccountDeps &
  CheckoutDeps &
  DashboardDeps &
  EarningsDeps &
  Omit<CreditsDeps, 'pricing'> &
  Omit<FrameDeps, 'estimate'> &
  PricingDeps &
  PreflightDeps &
  OpenRoutesDeps &
  ReturnDeps &
  ConsentDeps &
  KeyRoutesDeps &
  LoginDeps &
  MembersDeps &
  MetricsDeps &
  ReferenceDeps &
  SessionRoutesDeps &
  SetupDeps &
  TestHelperDeps &
  TestPaymentDeps &
  ClaimRoutesDeps &
  WebhookRoutesDeps &
  WebhookDeps & { readonly logger: Logger; readonly door: Door }

/**
 * What answers requests. The metered endpoints are reached before Express, which costs as much as all the rest of a call
 * (`docs/decisions/008`); whatever is unusual about a request, a misspelt path or a compressed body, goes through Express
 * to the same handlers.
 */
export function createListener(deps: AppDeps): RequestListener {
  const app = createApp(deps)
  const findDirect = createDirectRoutes([...meteredEndpoints(deps), ...batchEndpoints(deps)])
  const welcome = createWelcome(deps)
  const serve = async (request: IncomingMessage, response: ServerResponse, direct: DirectRoute | undefined) => {
    await deps.door.enter(request)
    if (direct === undefined) app(request, response)
    else await direct.answer(request, response)
  }
  return (request, response) => {
    const direct = findDirect(request)
    welcome(request, response, direct?.path)
    if (isPublicApi(request)) exposeToAnyOrigin(response)
    refuseCrumbs(request)
    response.once('finish', () => closeUnread(request))
    serve(request, response, direct).catch((error: unknown) => answerFailure(deps.logger, error, request, response))
  }
}

/** What every page may call, with or without `/v1`. The key is the credential. */
const publicApi = ['/v1', '/chat', '/responses', '/embeddings', '/messages', '/models', '/files', '/batches']
/**
 * What only our own pages call with a cookie, or a partner's server with a key that no page may have: no other site's page may
 * read the answers, so nothing is said of CORS.
 */
const ownApi = ['/v1/account', '/v1/session', '/v1/sessions', '/v1/claims', '/v1/partner']

function isPublicApi(request: IncomingMessage): boolean {
  // Express takes capital letters for small ones.
  const path = pathOf(request).toLowerCase()
  const isUnder = (first: string) =>
    path.startsWith(first) && (path.length === first.length || path[first.length] === '/')
  return publicApi.some(isUnder) && !ownApi.some(isUnder)
}

/** Secrets are shown here once, and people's own figures. */
const forbidCaching: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store')
  next()
}

type WelcomeDeps = Pick<AppDeps, 'logger' | 'clock' | 'metrics' | 'publicUrl'>

/** What happens to every request, whoever answers it. */
function createWelcome({ logger, clock, metrics, publicUrl }: WelcomeDeps) {
  const log = logRequests(logger, clock)
  const setSecurityHeaders = createSecurityHeaders(publicUrl)
  return (request: IncomingMessage, response: ServerResponse, endpoint: string | undefined): void => {
    assignRequestId(request, response)
    setSecurityHeaders(response)
    log(request, response)
    metrics.http.observe(request, response, endpoint)
  }
}

/** The whole HTTP surface, in the order in which a request meets it. A route that is not here does not exist. */
export function createApp(deps: AppDeps): Express {
  const app = express()
  const pricing = createPricing(deps)
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(createMetricsRouter(deps))

  // Money comes in here and nowhere else. Its signature covers the raw body, so it stands before every parser.
  app.use(createStripeWebhookRouter(deps))

  // The public API. Every page may call it: the key is the credential.
  app.use(ownApi, refusePreflight, forbidCaching)
  app.use(publicApi, answerPreflight)
  app.use(createHealthRouter({ db: deps.db, isSandbox: deps.isSandbox, isLeaving: () => deps.inFlight.isLeaving }))
  app.use(createGatewayRouter(deps))
  app.use(createKeptRouter(deps))
  app.use(createMessageBatchRouter(deps))
  app.use(createOpenaiBatchRouter(deps))
  app.use(createFileRouter(deps))
  app.use(createModelRouter(deps))
  app.use(createPayerRouter(deps))
  app.use(createCreditsRouter({ ...deps, pricing }))
  app.use(createCheckoutRouter(deps))
  app.use(createPreflightRouter(deps))
  app.use(createOpenRouter(deps))
  app.use(createLoginRouter(deps))
  app.use(createConsentRouter(deps))
  app.use(createKeyRouter(deps))

  // Signing in on our own pages.
  app.use(createSessionRouter(deps))
  app.use(createPasskeyRouter(deps))
  app.use(createOwnPasskeyRouter(deps))
  app.use(createAccountRouter(deps))

  app.use(createClaimRouter(deps))

  // Who manages which apps.
  app.use(createMemberAppRouter(deps))
  app.use(createAcceptanceRouter(deps))
  app.use(createMemberRouter(deps))
  // What an app's server or members read of it.
  app.use(createPartnerFiguresRouter(deps, pricing))
  app.use(createSetupRouter(deps))
  // What they manage.
  app.use(createAppSettingsRouter(deps))
  app.use(createWebhookRouter(deps))
  // What it tries out in its test world.
  app.use(createTestClockRouter(deps))
  app.use(createTestHelperRouter(deps))

  // The account's own pages, and the home page.
  app.use(createDashboardRouter(deps))

  // The SDK and the checkout app in its frame.
  app.use(createFrameRouter({ ...deps, estimate: pricing.estimate }))
  app.use(createReturnRouter(deps))
  app.use(createTestPaymentRouter(deps))
  app.use(createReferenceRouter(deps))

  app.use(answerNotFound)
  app.use(answerErrors(deps.logger))
  return app
}
