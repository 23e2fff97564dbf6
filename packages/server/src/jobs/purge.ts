import type { Logger } from 'pino'
import type { InFlight } from '../gateway/in-flight.ts'
import { type Clock, minuteMs, secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'
import { purgeExpired } from './purge-expired.ts'
import { purgeGuests } from './purge-guests.ts'

export interface PurgeDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly self: ServerIdentity
  readonly inFlight: Pick<InFlight, 'isAdmitting'>
}

const leaseMs = 5 * minuteMs
const workMsMax = 30 * secondMs
/** Between two batches, so that whoever waits for the store comes first. */
const pauseMs = 20

/** One run: what is past its time goes. @returns how many rows and guests went. */
export type Purge = () => Promise<number>

/**
 * Makes the job that deletes what is kept for a time only. One server of an installation does it. A run that does not get
 * through all users goes on from there the next time.
 */
export function createPurge(deps: PurgeDeps): Purge {
  let afterUserId = ''
  return async () => {
    const startedAtMs = deps.clock.nowMs()
    const lease = { name: 'purge', serverId: deps.self.serverId, forMs: leaseMs }
    if (!(await claimLease(deps.db, lease, startedAtMs))) return 0
    const isInTime = () => deps.inFlight.isAdmitting && deps.clock.nowMs() - startedAtMs < workMsMax
    let rows = 0
    for (let last = 1; last > 0 && isInTime(); await pause()) {
      last = await purgeExpired(deps.db, startedAtMs)
      rows += last
    }
    let guests = 0
    while (isInTime()) {
      const page = await purgeGuests(deps.db, afterUserId, startedAtMs)
      guests += page.purged
      afterUserId = page.lastUserId ?? ''
      if (page.lastUserId === null) break
      await pause()
    }
    if (rows + guests > 0) deps.logger.info({ rows, guests }, 'what is past its time was deleted')
    return rows + guests
  }
}

function pause(): Promise<void> {
  return new Promise((wait) => setTimeout(wait, pauseMs))
}
