import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { InFlight } from '../gateway/in-flight.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { type CallMetrics, createCallMetrics } from './call-metrics.ts'
import { createHttpMetrics, type HttpMetrics } from './http-metrics.ts'
import { createStoreGauges } from './store-gauges.ts'
import { createStreamMetrics, type StreamMetrics } from './stream-metrics.ts'
import { createStripeEventMetrics, type StripeEventMetrics } from './stripe-event-metrics.ts'
import { createUpstreamMetrics, type UpstreamMetrics } from './upstream-metrics.ts'
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics.ts'

/** What this server counts. One per server, handed down: two servers in one process do not share a count. */
export interface Metrics {
  readonly http: HttpMetrics
  readonly calls: CallMetrics
  readonly upstreams: UpstreamMetrics
  readonly streams: StreamMetrics
  readonly stripeEvents: StripeEventMetrics
  readonly webhooks: WebhookMetrics
  /** Names of all metrics, as they are registered. */
  readonly names: () => readonly string[]
  /** Everything in Prometheus' text format; what is in the store is read anew when it is older than five seconds. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>
}

export function createMetrics(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly inFlight: InFlight
}): Metrics {
  const registry = new Registry()
  // Event-loop lag, garbage collection, memory, handles: `process_…` and `nodejs_…`.
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'opencredits_calls_in_flight',
    help: 'Metered calls that this server is answering now.',
    registers: [registry],
    collect() {
      this.set(deps.inFlight.calls.size)
    },
  })
  new Gauge({
    name: 'opencredits_admitting',
    help: '1 while paid work is admitted, 0 once a shutdown has begun.',
    registers: [registry],
    collect() {
      this.set(deps.inFlight.isAdmitting ? 1 : 0)
    },
  })
  const calls = createCallMetrics(registry)
  const storeGauges = createStoreGauges(registry, deps)
  return {
    calls,
    http: createHttpMetrics(registry, deps.clock),
    upstreams: createUpstreamMetrics(registry, deps.clock),
    streams: createStreamMetrics(registry),
    stripeEvents: createStripeEventMetrics(registry),
    webhooks: createWebhookMetrics(registry),
    names: () => registry.getMetricsAsArray().map((metric) => metric.name),
    async scrape() {
      await storeGauges.refresh()
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
