import type { InFlight } from '../gateway/in-flight.ts'
import { type Clock, secondMs } from '../kernel/clock.ts'
import { rollUpCalls } from '../partners/roll-up-calls.ts'
import type { Database } from '../store/open-database.ts'

const workMsMax = 20 * secondMs
/** Between two quarters of an hour, so that whoever waits for the store comes first. */
const pauseMs = 10

/** Brings the partners' sums up to date; a store that has many calls and no sums yet takes several runs. */
export async function rollUpPartners(deps: {
  readonly db: Database
  readonly clock: Clock
  readonly inFlight: Pick<InFlight, 'isAdmitting'>
}): Promise<void> {
  const startedAtMs = deps.clock.nowMs()
  // A shutdown does not wait for it: the rest is the next run's.
  while (deps.inFlight.isAdmitting && deps.clock.nowMs() - startedAtMs < workMsMax) {
    if (!(await rollUpCalls(deps.db, deps.clock.nowMs()))) return
    await new Promise((wait) => setTimeout(wait, pauseMs))
  }
}
