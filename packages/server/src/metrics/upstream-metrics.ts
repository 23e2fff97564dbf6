import { Counter, Histogram, type Registry } from 'prom-client'
import type { UpstreamOutcome, Upstreams } from '../gateway/forward.ts'
import { type Clock, secondMs } from '../kernel/clock.ts'

export interface UpstreamMetrics {
  /** The same upstreams, watched. */
  watch(upstreams: Upstreams): Upstreams
}

const secondsBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600]

export function createUpstreamMetrics(registry: Registry, clock: Clock): UpstreamMetrics {
  const firstBytes = new Histogram({
    name: 'opencredits_upstream_first_byte_seconds',
    help: 'From sending a call to the first byte of the provider’s answer, tries with other keys included.',
    labelNames: ['provider'] as const,
    buckets: secondsBuckets,
    registers: [registry],
  })
  const answers = new Counter({
    name: 'opencredits_upstream_answers_total',
    help: 'What providers answered: a status, or "failed" where nothing came.',
    labelNames: ['provider', 'status'] as const,
    registers: [registry],
  })
  const failures = new Counter({
    name: 'opencredits_upstream_failures_total',
    help: 'Calls that a provider failed (no answer, 5xx, or a refusal of our key), by reason.',
    labelNames: ['provider', 'reason'] as const,
    registers: [registry],
  })
  return {
    watch: (upstreams) => ({
      ...upstreams,
      async forward(request) {
        const startedAtMs = clock.nowMs()
        const outcome = await upstreams.forward(request)
        const { provider } = request
        answers.inc({ provider, status: outcome.kind === 'response' ? String(outcome.status) : 'failed' })
        if (outcome.kind === 'response') firstBytes.observe({ provider }, (clock.nowMs() - startedAtMs) / secondMs)
        const reason = request.signal.aborted ? null : failureOf(outcome)
        if (reason !== null) failures.inc({ provider, reason })
        return outcome
      },
    }),
  }
}

/** Statuses that speak of our key or the provider, not of the client's request. */
const ourFailures = new Set([401, 402, 403, 408, 429])

/** @returns null for an answer that is no failure of the provider's. */
function failureOf(outcome: UpstreamOutcome): string | null {
  if (outcome.kind === 'failed') return /^[\w.-]{1,40}$/.test(outcome.reason) ? outcome.reason : 'other'
  return outcome.status >= 500 || ourFailures.has(outcome.status) ? `status_${outcome.status}` : null
}
