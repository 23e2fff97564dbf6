import type { Logger } from 'pino'
import { foldOldRequests } from '../credits/fold-old-requests.ts'
import type { InFlight } from '../gateway/in-flight.ts'
import { type Clock, dayMs, minuteMs, secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'

export interface RetentionDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly self: ServerIdentity
  readonly inFlight: InFlight
  /** Null keeps the rows of calls for ever. */
  readonly requestRetentionDays: number | null
}

const leaseMs = 5 * minuteMs
const workMsMax = 30 * secondMs
/** Between two batches, so that whoever waits for the store comes first. */
const pauseMs = 20

/** Folds the calls that are older than the operator keeps them. One server of an installation does it, for as long as it lives. */
export async function forgetOldRequests(deps: RetentionDeps): Promise<number> {
  if (deps.requestRetentionDays === null) return 0
  const startedAtMs = deps.clock.nowMs()
  const lease = { name: 'old requests', serverId: deps.self.serverId, forMs: leaseMs }
  if (!(await claimLease(deps.db, lease, startedAtMs))) return 0
  const beforeMs = startedAtMs - deps.requestRetentionDays * dayMs
  let total = 0
  // A shutdown does not wait for it: the rest is the next run's.
  while (deps.inFlight.isAdmitting && deps.clock.nowMs() - startedAtMs < workMsMax) {
    const folded = await foldOldRequests(deps.db, beforeMs)
    if (folded === 0) break
    total += folded
    await new Promise((wait) => setTimeout(wait, pauseMs))
  }
  if (total > 0) deps.logger.info({ requests: total, beforeMs }, 'old requests were folded into days')
  return total
}
