import { Counter, type Registry } from 'prom-client'
import type { OnDelivery } from '../webhooks/attempt-delivery.ts'

export interface WebhookMetrics {
  readonly count: OnDelivery
}

const outcomes = ['delivered', 'retried', 'given_up', 'superseded', 'skipped'] as const

export function createWebhookMetrics(registry: Registry): WebhookMetrics {
  const deliveries = new Counter({
    name: 'opencredits_webhook_deliveries_total',
    help: 'Attempts to deliver a webhook, by what became of the delivery: delivered, retried (failed, tried again later), given_up, superseded (queued anew meanwhile), skipped (endpoint disabled).',
    labelNames: ['outcome'] as const,
    registers: [registry],
  })
  // A rise from nothing is no rise to Prometheus.
  for (const outcome of outcomes) deliveries.inc({ outcome }, 0)
  return { count: (outcome) => deliveries.inc({ outcome }) }
}
