import { Counter, type Registry } from 'prom-client'
import { providerNames } from '../config.ts'
import { type OnStreamFault, streamFaults } from '../gateway/stream-fault.ts'

export interface StreamMetrics {
  readonly fault: OnStreamFault
}

export function createStreamMetrics(registry: Registry): StreamMetrics {
  const faults = new Counter({
    name: 'opencredits_stream_faults_total',
    help: 'Answers that were broken after they had been asked for. The provider’s faults: cut, error_event, unreadable, usage, timeout; ours: store, broken.',
    labelNames: ['provider', 'fault'] as const,
    registers: [registry],
  })
  // From nothing to one is no rise to Prometheus, so what an alarm watches starts at 0.
  for (const provider of providerNames) for (const fault of streamFaults) faults.inc({ provider, fault }, 0)
  return { fault: (provider, fault) => faults.inc({ provider, fault }) }
}
