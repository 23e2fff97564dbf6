import { createHash, timingSafeEqual } from 'node:crypto'
import { type Request, Router } from 'express'
import type { Metrics } from './create-metrics.ts'

export interface MetricsDeps {
  readonly metrics: Metrics
  /** Null: only clients on this machine are served. */
  readonly metricsToken: string | null
}

/** `GET /metrics` for the operator, in Prometheus' format. To everybody else it does not exist. */
export function createMetricsRouter(deps: MetricsDeps): Router {
  const router = Router()
  router.get('/metrics', async (request, response, next) => {
    const isOperator = deps.metricsToken === null ? isFromThisMachine(request) : hasToken(request, deps.metricsToken)
    if (!isOperator) {
      next()
      return
    }
    const { contentType, text } = await deps.metrics.scrape()
    response.set({ 'content-type': contentType, 'cache-control': 'no-store' }).send(text)
  })
  return router
}

function hasToken(request: Request, token: string): boolean {
  const given = /^Bearer +(\S+)\s*$/i.exec(request.get('authorization') ?? '')?.[1]
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

/** Of one length, so that they can be compared in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']

/** The socket's own address, whatever headers claim; and what a proxy on this machine passes on is not from this machine. */
function isFromThisMachine(request: Request): boolean {
  const address = request.socket.remoteAddress ?? ''
  const isLoopback = address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
  return isLoopback && proxyHeaders.every((name) => request.headers[name] === undefined)
}
