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
  // A rise from nothing is no rise to Prometheus: the first alarm must be one.
  for (const type of [...types, 'other']) for (const outcome of outcomes) events.inc({ type, outcome }, 0)
  return {
    count: (type, outcome) => events.inc({ type: knownType(type), outcome: outcomeOf(outcome) }),
  }
}

const outcomes = ['handled', 'seen_before', 'parked', 'alarming'] as const

function outcomeOf(outcome: EventOutcome): (typeof outcomes)[number] {
  if (outcome.state === 'parked') return 'parked'
  if (outcome.isAlarming) return 'alarming'
  return outcome.text === 'seen before' ? 'seen_before' : 'handled'
}

/** Those that move money here; Stripe has hundreds more, and they are counted together. */
const types = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
]

function knownType(type: string): string {
  return types.includes(type) ? type : 'other'
}
