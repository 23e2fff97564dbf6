import type { Logger } from 'pino'
import type { OnCallEnded } from './gateway/settle-request.ts'
import { tellMissedCeilings } from './gateway/tell-missed-ceilings.ts'
import type { Metrics } from './metrics/create-metrics.ts'

/** How the rooms tell what has happened, of which they do not know who counts it. */
export function tellMetrics(metrics: Metrics, logger: Logger) {
  const warn = tellMissedCeilings(logger)
  const onCallEnded: OnCallEnded = (...ended) => {
    metrics.calls.ended(...ended)
    warn(...ended)
  }
  return { onCallEnded, onStripeEvent: metrics.stripeEvents.count, onDelivery: metrics.webhooks.count }
}
