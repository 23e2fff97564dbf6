import { Counter, type Registry } from 'prom-client'
import type { EventOutcome } from '../checkout/stripe/handle-event.ts'

export interface StripeEventMetrics {
  count(type: string, outcome: EventOutcome): void
}

export function createStripeEventMetrics(registry: Registry): StripeEventMetrics {
  const events = new Counter({
    name: 'opencredits_stripe_events_total',
    help: 'Signed Stripe events by what became of them: handled, seen_before, parked, alarming.',
    labelNames: ['type', 'outcome'] as const,
    registers: [registry],
  })
  return {
    count: (type, outcome) => events.inc({ type: knownType(type), outcome: outcomeOf(outcome) }),
  }
}

function outcomeOf(outcome: EventOutcome): string {
  if (outcome.state === 'parked') return 'parked'
  if (outcome.isAlarming) return 'alarming'
  return outcome.text === 'seen before' ? 'seen_before' : 'handled'
}

/** Stripe has hundreds of types; those that move no money here are counted together. */
function knownType(type: string): string {
  return /^(checkout\.session|refund|charge\.dispute)\.[a-z_]{1,40}$/.test(type) ? type : 'other'
}
