import type { Logger } from 'pino'
import type { InFlight } from '../gateway/in-flight.ts'
import { forgettingRows } from '../kept/forget-step.ts'
import { type Clock, hourMs, minuteMs, secondMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { runStep } from '../store/step.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'

export interface KeptRetentionDeps {
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly self: ServerIdentity
  readonly inFlight: InFlight
  readonly responsesKeptHours: number
}

const leaseMs = 5 * minuteMs
const workMsMax = 30 * secondMs
const usersAtOnce = 200
const rowsAtOnce = 200
/** Between two batches, so that whoever waits for the store comes first. */
const pauseMs = 20

/**
 * Takes away what clients keep once its time is over, or the key is no more that opens it. Nobody can read it by then;
 * this is so that it does not stay. One server of an installation does it.
 */
export async function forgetOldResponses(deps: KeptRetentionDeps): Promise<number> {
  const startedAtMs = deps.clock.nowMs()
  const lease = { name: 'kept responses', serverId: deps.self.serverId, forMs: leaseMs }
  if (!(await claimLease(deps.db, lease, startedAtMs))) return 0
  let total = 0
  let after = ''
  while (deps.inFlight.isAdmitting && deps.clock.nowMs() - startedAtMs < workMsMax) {
    const users = await usersAfter(deps.db, after)
    const last = users.at(-1)
    if (last === undefined) break
    const rows = await outdatedRows(deps, users)
    if (rows.length > 0) total += await runStep(deps.db, forgettingRows, rows)
    // As many as are asked for: there may be more of the same users.
    if (rows.length < rowsAtOnce) after = last
    await new Promise((wait) => setTimeout(wait, pauseMs))
  }
  if (total > 0) deps.logger.info({ responses: total }, 'kept responses were forgotten')
  return total
}

async function usersAfter(db: Database, after: string): Promise<readonly string[]> {
  const users = await db
    .selectFrom('kept_bytes')
    .select('user_id')
    .where('user_id', '>', after)
    .where('bytes', '>', 0)
    .orderBy('user_id')
    .limit(usersAtOnce)
    .execute()
  return users.map(({ user_id: userId }) => userId)
}

function outdatedRows({ db, clock, responsesKeptHours }: KeptRetentionDeps, users: readonly string[]) {
  const nowMs = clock.nowMs()
  return db
    .selectFrom('kept_responses')
    .innerJoin('keys', 'keys.id', 'kept_responses.key_id')
    .select(['key_id', 'response_id', 'keys.user_id', 'item_ids', 'output_bytes', 'rest_bytes'])
    .where('keys.user_id', 'in', users)
    .$narrowType<{ user_id: string }>()
    .where((where) =>
      where.or([
        where('kept_responses.created_at_ms', '<=', nowMs - responsesKeptHours * hourMs),
        where('keys.revoked_at_ms', 'is not', null),
        where('keys.expires_at_ms', '<=', nowMs),
      ]),
    )
    .limit(rowsAtOnce)
    .execute()
}
