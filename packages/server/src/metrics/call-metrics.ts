import { Counter, Histogram, type Registry } from 'prom-client'
import type { InFlight } from '../gateway/in-flight.ts'
import type { SettledParts } from '../gateway/request-row.ts'
import type { EndedCall, OnCallEnded } from '../gateway/settle-request.ts'
import { secondMs } from '../kernel/clock.ts'
import { createTally } from './tally.ts'

/** Counts metered calls by what was booked of them. */
export interface CallMetrics {
  /** Call it when a call's end is committed. */
  readonly ended: OnCallEnded
  /** The same calls in flight, watched: one that leaves without an end that was booked is left for recovery. */
  watch(inFlight: InFlight): InFlight
}

export function createCallMetrics(registry: Registry): CallMetrics {
  const count = createCallCounters(registry)
  const unresolved = new Counter({
    name: 'opencredits_calls_unresolved_total',
    help: 'Calls that ended without being settled or released: their holds are left for recovery.',
    registers: [registry],
  })
  const running = new Set<string>()
  return {
    ended(call, parts, endedAtMs) {
      running.delete(call.requestId)
      count(call, parts, endedAtMs)
    },
    // Everything else is the original's, its getters too.
    watch: (inFlight) =>
      Object.assign(Object.create(inFlight) as InFlight, {
        add(call: Parameters<InFlight['add']>[0]) {
          const leave = inFlight.add(call)
          running.add(call.requestId)
          return () => {
            leave()
            if (running.delete(call.requestId)) unresolved.inc()
          }
        },
      }),
  }
}

const secondsBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600]

function createCallCounters(registry: Registry): OnCallEnded {
  const registers = [registry]
  const calls = new Counter({
    name: 'opencredits_calls_total',
    help: 'Admitted calls that have ended, by how.',
    labelNames: ['endpoint', 'provider', 'status', 'ending', 'billed_to'] as const,
    registers,
  })
  const durations = new Histogram({
    name: 'opencredits_call_duration_seconds',
    help: 'From admission to settlement.',
    labelNames: ['endpoint', 'provider', 'stream'] as const,
    buckets: secondsBuckets,
    registers,
  })
  const firstBytes = new Histogram({
    name: 'opencredits_call_first_byte_seconds',
    help: 'From admission to the first byte of a streamed answer.',
    labelNames: ['endpoint', 'provider'] as const,
    buckets: secondsBuckets,
    registers,
  })
  const testCalls = new Counter({
    name: 'opencredits_test_calls_total',
    help: 'Calls of the test world that have ended, by how. They are in no other figure of calls.',
    labelNames: ['endpoint', 'status', 'ending'] as const,
    registers,
  })
  const addMoney = createMoneyCounters(registry)
  return (call, parts, endedAtMs) => {
    const { endpoint, provider, ending, isStream, admittedAtMs, firstByteAtMs } = call
    const status = call.httpStatus === null ? 'none' : String(call.httpStatus)
    if (!call.livemode) return testCalls.inc({ endpoint, status, ending })
    calls.inc({ endpoint, provider, status, ending, billed_to: 'credits' })
    const stream = isStream ? 'true' : 'false'
    durations.observe({ endpoint, provider, stream }, (endedAtMs - admittedAtMs) / secondMs)
    if (isStream && firstByteAtMs !== null)
      firstBytes.observe({ endpoint, provider }, (firstByteAtMs - admittedAtMs) / secondMs)
    if (parts !== null) addMoney(call, parts)
  }
}

function createMoneyCounters(registry: Registry): (call: EndedCall, parts: SettledParts) => void {
  const money = createTally(
    registry,
    {
      name: 'opencredits_call_microcredits_total',
      help: 'What ended calls moved: charge (users paid), provider_cost, share and fee (of the charge), shortfall (the operator paid).',
      labelNames: ['provider', 'part'],
    },
    ['charge', 'provider_cost', 'share', 'fee', 'shortfall'],
  )
  const tokens = createTally(
    registry,
    {
      name: 'opencredits_call_tokens_total',
      help: 'Tokens of ended calls by bucket.',
      labelNames: ['provider', 'bucket'],
    },
    ['input', 'cache_read', 'cache_write', 'output'],
  )
  const missed = new Counter({
    name: 'opencredits_ceilings_missed_total',
    help: 'Calls that cost more than was held for them, by model. Each marks its user.',
    labelNames: ['provider', 'model'] as const,
    registers: [registry],
  })
  const seenModels = new Set<string>()
  return ({ provider, model }, { usage, paid }) => {
    money.add(provider, {
      charge: paid.chargedMicrocredits,
      provider_cost: paid.costMicrocredits,
      share: paid.shareMicrocredits,
      fee: paid.feeMicrocredits,
      shortfall: paid.shortfallMicrocredits,
    })
    tokens.add(provider, {
      input: usage.inputTokens,
      cache_read: usage.cacheReadTokens,
      cache_write: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
      output: usage.outputTokens,
    })
    // Prometheus sees no increase when a series starts at 1, so the first call of a model starts it at 0.
    if (!seenModels.has(model)) missed.inc({ provider, model }, 0)
    seenModels.add(model)
    if (paid.missedMicrocredits > 0) missed.inc({ provider, model })
  }
}
