import { setTimeout } from 'node:timers/promises'
import type { InFlight } from '../gateway/in-flight.ts'
import { secondMs } from '../kernel/clock.ts'
import { type AttemptDeps, attemptDelivery } from '../webhooks/attempt-delivery.ts'
import { areDeliveriesDue, claimDeliveries, fullOf } from '../webhooks/claim-deliveries.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'

export interface WebhookJobDeps extends AttemptDeps {
  readonly self: ServerIdentity
  readonly inFlight: Pick<InFlight, 'isAdmitting'>
}

/** Claimed anew with each claim of deliveries; another server goes on so long after this one has died. */
const leaseMs = 15 * secondMs
const atOnceMax = 20
/** How long an event that comes during a slow attempt waits. */
const lookEveryMs = secondMs

/**
 * Sends webhooks that are due: 20 at once, two an endpoint and six an app, so that a slow endpoint or app delays no other. One server of an
 * installation does it at a time. A run ends when nothing is due and none is under way.
 */
export async function deliverWebhooks(deps: WebhookJobDeps): Promise<void> {
  const running = new Map<string, number>()
  const attempts = new Set<Promise<void>>()
  const count = (endpoint: { readonly id: string; readonly partner_id: string }, by: 1 | -1) => {
    for (const id of [endpoint.id, endpoint.partner_id]) {
      const left = (running.get(id) ?? 0) + by
      if (left === 0) running.delete(id)
      else running.set(id, left)
    }
  }
  for (;;) {
    for (const delivery of await claimDue(deps, { free: atOnceMax - attempts.size, running })) {
      count(delivery.endpoint, 1)
      const attempt = attemptDelivery(deps, delivery)
        // It is tried again when its claim is over.
        .catch((error: unknown) => {
          const reason = error instanceof Error ? error.name : 'unknown'
          deps.logger.error({ delivery: delivery.id, reason }, 'a webhook could not be sent or recorded')
        })
        .finally(() => {
          count(delivery.endpoint, -1)
          attempts.delete(attempt)
        })
      attempts.add(attempt)
    }
    if (attempts.size === 0) return
    const waiting = new AbortController()
    const look = setTimeout(lookEveryMs, undefined, { signal: waiting.signal }).catch(() => {})
    await Promise.race([...attempts, look])
    waiting.abort()
  }
}

async function claimDue(deps: WebhookJobDeps, capacity: { free: number; running: ReadonlyMap<string, number> }) {
  const { db, clock, self, inFlight } = deps
  const nowMs = clock.nowMs()
  if (capacity.free <= 0 || !inFlight.isAdmitting) return []
  if (!(await areDeliveriesDue(db, fullOf(capacity.running), nowMs))) return []
  const lease = { name: 'webhooks', serverId: self.serverId, forMs: leaseMs }
  return (await claimLease(db, lease, nowMs)) ? claimDeliveries(db, capacity, nowMs) : []
}
