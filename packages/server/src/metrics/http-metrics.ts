import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request } from 'express'
import { Counter, Histogram, type Registry } from 'prom-client'
import { type Clock, secondMs } from '../kernel/clock.ts'

export interface HttpMetrics {
  /**
   * Counts each answer by the route that gave it, never by the path that was asked: a path may hold an id.
   * @param endpoint the route, where it is known from the start; else what Express finds.
   */
  observe(request: IncomingMessage, response: ServerResponse, endpoint?: string): void
}

/** Answers that are no metered calls are short; streams take minutes. */
const secondsBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

export function createHttpMetrics(registry: Registry, clock: Clock): HttpMetrics {
  const requests = new Counter({
    name: 'opencredits_http_requests_total',
    help: 'Answers by endpoint and status; status "aborted" where the client left before the answer was whole.',
    labelNames: ['method', 'endpoint', 'status'] as const,
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'opencredits_http_request_duration_seconds',
    help: 'From the request’s headers to the last byte of the answer.',
    labelNames: ['endpoint'] as const,
    buckets: secondsBuckets,
    registers: [registry],
  })
  return {
    observe(request, response, known) {
      const startedAtMs = clock.nowMs()
      response.once('close', () => {
        const endpoint = known ?? endpointOf(request as Request)
        const status = response.writableFinished ? String(response.statusCode) : 'aborted'
        requests.inc({ method: methodOf(request), endpoint, status })
        durations.observe({ endpoint }, (clock.nowMs() - startedAtMs) / secondMs)
      })
    },
  }
}

/** The pattern of the route; of one with several, the first, which is its right name. */
function endpointOf(request: Request): string {
  const route: unknown = request.route
  const path: unknown = typeof route === 'object' && route !== null && 'path' in route ? route.path : null
  const first: unknown = Array.isArray(path) ? path[0] : path
  return typeof first === 'string' ? first : 'other'
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])

function methodOf({ method = '' }: IncomingMessage): string {
  return methods.has(method) ? method : 'other'
}
