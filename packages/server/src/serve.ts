import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { type AppDeps, createListener } from './app.ts'
import { createAppDeps } from './app-deps.ts'
import { batchJobs } from './batches/batch-jobs.ts'
import { createRemoteResults } from './batches/remote-results.ts'
import { createOpenCounter } from './checkout/open-counter.ts'
import type { Config } from './config.ts'
import { createCounter } from './counting/create-counter.ts'
import { createSaidCounter } from './gateway/count-said.ts'
import { createCountTurns } from './gateway/count-turns.ts'
import { createDocuments } from './gateway/fetch-document.ts'
import { createUpstreams } from './gateway/forward.ts'
import { createInFlight } from './gateway/in-flight.ts'
import { createFundsLook } from './gateway/look-at-funds.ts'
import { recoverCall } from './gateway/recover-call.ts'
import { createRequestLimits } from './gateway/request-limits.ts'
import { describeForLog } from './http/answer-error.ts'
import { clientAddressThrough } from './http/client-address.ts'
import { createIntake } from './http/intake.ts'
import { throttlesIn } from './http/throttle.ts'
import { beat, type ServerIdentity, signOff } from './jobs/heartbeat.ts'
import type { FilePurgeDeps } from './jobs/purge-files.ts'
import { type AbandonedHoldsDeps, createEarlierLooks, resolveAbandonedHolds } from './jobs/resolve-abandoned-holds.ts'
import { runJobs } from './jobs/run-jobs.ts'
import { serverJobs } from './jobs/server-jobs.ts'
import { createKeptDeps } from './kept-deps.ts'
import { assert } from './kernel/assert.ts'
import { systemClock } from './kernel/clock.ts'
import { newId } from './kernel/ids.ts'
import type { KeyUses } from './keys/key-uses.ts'
import { loadGuestPepper, loadPepper } from './keys/pepper.ts'
import { loadCatalogue } from './load-catalogue.ts'
import { createMetrics } from './metrics/create-metrics.ts'
import { createNotYetListener } from './not-yet-listener.ts'
import { ensureAccountApp, openAccountAppAt } from './partners/account-app.ts'
import { createObservations, type Observations } from './partners/observations.ts'
import { createPartnerDirectory } from './partners/partner.ts'
import { createPaymentDeps } from './payment-deps.ts'
import { createPeopleDeps } from './people-deps.ts'
import { createGenerationSpeeds } from './pricing/generation-speed.ts'
import type { LiveCatalogue } from './pricing/live-catalogue.ts'
import { createTestCalls } from './simulated/create-test-calls.ts'
import { migrateStore } from './store/migrate.ts'
import { type Database, openDatabase } from './store/open-database.ts'
import { openRedis } from './store/open-redis.ts'
import { tellMetrics } from './tell-metrics.ts'
import { createPrintMailer, createSmtpMailer, type Mailer } from './users/mail/mailer.ts'
import { warnAtStart } from './warn-at-start.ts'
import type { AttemptDeps } from './webhooks/attempt-delivery.ts'
import { createWebhookDeps } from './webhooks/webhook-deps.ts'

export interface RunningServer {
  /** Where it listens on this machine. */
  readonly localUrl: string
  /** The origin that browsers use. */
  readonly publicUrl: string
  /** Stops admitting, lets the calls in flight end, settles, closes. */
  stop(): Promise<void>
}

/** Starts a whole server: store, port, app, jobs. Holds that a dead server left are resolved before it answers. */
export async function serve(config: Config, logger: Logger): Promise<RunningServer> {
  const db = openDatabase(config.database, { poolMax: config.databasePoolMax })
  await migrateStore(db, config.database)
  const redis = openRedis(config.redisUrl, logger)
  const self = { serverId: newId('srv'), hostName: hostname(), processId: process.pid }
  const http = createServer({ keepAliveTimeout: 65_000 })
  let listener = createNotYetListener(config.publicUrl)
  http.on('request', (request, response) => listener(request, response))
  const address = await listen(http, config)
  const publicUrl = config.publicUrl ?? `http://localhost:${address.port}`
  const deps = await prepare(config, logger, { db, redis, self, publicUrl }).catch(async (error: unknown) => {
    // An open port would keep a process alive that never answers; one that ends is started again.
    http.close()
    http.closeAllConnections()
    redis?.disconnect()
    await db.destroy()
    throw error
  })
  listener = createListener(deps)
  const jobs = runJobs(
    [
      ...serverJobs({
        ...{ ...deps, self, isProcessAlive, requestRetentionDays: config.requestRetentionDays },
        responsesKeptHours: config.kept.responsesHours,
      }),
      ...batchJobs(deps),
    ],
    logger,
  )
  logger.info(
    { port: address.port, publicUrl: deps.publicUrl, mode: config.isSandbox ? 'sandbox' : 'live' },
    'listening',
  )
  return {
    localUrl: address.url,
    publicUrl: deps.publicUrl,
    async stop() {
      // First the health tells of it. A listener that closes resets what is still in its queue, so whoever sends calls
      // here has to have turned away by then.
      deps.inFlight.announceStop()
      await setTimeout(config.stopNoticeMs)
      deps.inFlight.stopAdmitting()
      const closed = new Promise((done) => http.close(done))
      http.closeIdleConnections()
      await deps.inFlight.drain(config.drainTimeoutMs)
      await deps.kept.finish()
      await jobs.stop()
      http.closeIdleConnections()
      globalThis.setTimeout(() => http.closeAllConnections(), 1_000).unref()
      await closed
      // A store that is away must not keep a server from ending; the others find out by its silence.
      for (const [what, kept] of [
        ['uses of keys', deps.keyUses],
        ['observations', deps.observations],
        ['openings', deps.openCounter],
      ] as const)
        await kept.write().catch((error: unknown) => logger.warn({ err: error }, `could not write ${what}`))
      await signOff(db, self.serverId).catch((error: unknown) => logger.warn({ err: error }, 'could not sign off'))
      await deps.upstreams.close()
      await deps.testCalls.upstreams.close()
      await deps.documents.close()
      await deps.eventPoster.close()
      await deps.counter.close()
      redis?.disconnect()
      await db.destroy()
      logger.info('stopped')
    },
  }
}

/** The port is taken before anything is built on it, since a free one is known only then. */
async function listen(http: Server, config: Config): Promise<{ readonly port: number; readonly url: string }> {
  http.listen(config.port, config.host)
  await once(http, 'listening')
  const address = http.address()
  assert(address !== null && typeof address === 'object', 'a listening server has an address')
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  return { port: address.port, url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}` }
}

type ServerDeps = AppDeps &
  Pick<AbandonedHoldsDeps, 'recover' | 'onFault'> &
  Pick<FilePurgeDeps, 'fileStore'> &
  Pick<AttemptDeps, 'eventPoster' | 'onDelivery'> & {
    readonly catalogue: LiveCatalogue
    readonly mailer: Mailer | null
    readonly keyUses: KeyUses
    readonly observations: Observations
  }

interface OpenedServer {
  readonly db: Database
  readonly redis: Redis | null
  readonly self: ServerIdentity
  readonly publicUrl: string
}

/** Everything between an open port and the first answer. @throws for what is found wrong only now, such as `MODELS_FILE` */
async function prepare(config: Config, logger: Logger, server: OpenedServer): Promise<ServerDeps> {
  const { db, self } = server
  const deps = createDeps(config, logger, server)
  await beat(db, self, deps.clock.nowMs())
  await ensureAccountApp(db, deps.clock.nowMs())
  await openAccountAppAt(db, server.publicUrl)
  // No call runs yet, and none of this server's holds is older than it.
  const looks = { looks: createEarlierLooks(), isRunning: () => true }
  const { recover, onFault } = deps
  await resolveAbandonedHolds({ db, self, ...looks, isProcessAlive, recover, onFault }, deps.clock.nowMs())
  await warnAtStart({ config, db, logger })
  return deps
}

/** Where the pages are that other packages build. */
const builtPages = {
  sdkDistPath: resolve(import.meta.dirname, '../../sdk/dist'),
  dashboardDistPath: resolve(import.meta.dirname, '../../dashboard/dist'),
  docsDistPath: resolve(import.meta.dirname, '../../docs/dist'),
}

function createDeps(config: Config, logger: Logger, server: OpenedServer): ServerDeps {
  const { db, publicUrl } = server
  const clock = systemClock
  const createThrottle = throttlesIn(server.redis)
  const pepper = loadPepper(config.keyPepper, config.database)
  const inFlight = createInFlight()
  const metrics = createMetrics({ db, clock, inFlight })
  const upstreams = metrics.upstreams.watch(
    createUpstreams({ providers: config.providers, timeouts: config.upstreamTimeouts, clock }),
  )
  const partners = createPartnerDirectory({ db, clock, operatorCommand: config.operatorCommand })
  const observations = createObservations({ db, clock })
  const told = tellMetrics(metrics, logger)
  const counter = createCounter()
  const catalogue = loadCatalogue(config.modelsFile, { clock, logger })
  const mailer = createMailer(config)
  const clientAddress = clientAddressThrough(config.trustedProxyHops)
  return {
    db,
    clock,
    logger,
    pepper,
    guestPepper: loadGuestPepper(config.guestPepper, config.database),
    publicUrl,
    upstreams,
    serverId: server.self.serverId,
    catalogue,
    testCalls: createTestCalls({ catalogue, clock, logger }),
    isOnOffer: (model) => upstreams.isConfigured(model.provider),
    metrics,
    metricsToken: config.metricsToken,
    inFlight: metrics.calls.watch(inFlight),
    ...told,
    createThrottle,
    documents: createDocuments(),
    ...createWebhookDeps(config.allowsPrivateWebhooks),
    ...{ counter, countTurns: createCountTurns(), saidCounter: createSaidCounter({ counter, upstreams }) },
    speeds: createGenerationSpeeds(),
    onStreamFault: metrics.streams.fault,
    clientGoneReadMsMax: config.clientGoneReadMsMax,
    clientStallMsMax: config.clientStallMsMax,
    limits: createRequestLimits(config.requestLimits, createThrottle),
    pingIntervalMs: config.pingIntervalMs,
    batchLimits: config.batches,
    ...createKeptDeps(config, { db, clock, logger, pepper, upstreams }, createRemoteResults({ db, upstreams, pepper })),
    ...createPaymentDeps(config, { db, clock, publicUrl }),
    ...createPeopleDeps(config, { db, clock, logger, pepper, publicUrl, createThrottle, clientAddress, mailer }),
    ...createAppDeps(config, { publicUrl, partners, observations }),
    currencies: config.currencies,
    purchaseBounds: config.purchaseCredits,
    operatorFeeBasisPoints: config.operatorFeeBasisPoints,
    shareBasisPointsMax: config.shareBasisPointsMax,
    payoutDelayDays: config.payoutDelayDays,
    openCounter: createOpenCounter(db),
    isSandbox: config.isSandbox,
    termsUrl: config.termsUrl,
    ...createIntake({ ...config, createThrottle, clientAddress }),
    funds: createFundsLook({ db, clock, publicUrl }),
    ...builtPages,
    recover: (hold) => recoverCall({ db, clock, ...told }, hold),
    onFault: ({ id }, fault) =>
      logger.error({ requestId: id, error: describeForLog(fault) }, 'a hold could not be resolved; it is tried again'),
  }
}

/** Codes are secrets: they are printed in sandbox mode only, where an account is worth nothing. */
function createMailer(config: Config): Mailer | null {
  if (config.mail !== null) return createSmtpMailer(config.mail)
  return config.isSandbox ? createPrintMailer((text) => process.stdout.write(text)) : null
}

function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
