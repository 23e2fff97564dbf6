import { type Clock, secondMs } from '../kernel/clock.ts'
import { readNewestSeq } from '../ledger/newest-transfer.ts'
import { type Database, engineOf } from '../store/open-database.ts'
import type { ServerIdentity } from './heartbeat.ts'
import { claimLease } from './lease.ts'
import { tellApps } from './tell-apps.ts'
import { tellBalances } from './tell-balances.ts'
import { tellBudgets } from './tell-budgets.ts'

export interface WatchFundsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly self: ServerIdentity
}

const leaseMs = 60 * secondMs
const workMsMax = 20 * secondMs
/** One statement sums up no more than this. */
const transfersMax = 20_000
/** Where transactions run side by side, a lower sequence number may commit after a higher one: the newest are read again. */
const marginMs = 20 * secondMs
const markName = 'funds'

/**
 * Looks for balances and budgets that ran low, by the transfers since it last looked: what it costs grows with what was
 * spent and not with how many wallets there are, and the calls themselves do nothing for it. Looking twice does no harm.
 */
export async function watchFunds(deps: WatchFundsDeps): Promise<void> {
  const { db, clock } = deps
  const startedAtMs = clock.nowMs()
  const mark = await readMark(db)
  const newest = await readNewestSeq(db, Number.MAX_SAFE_INTEGER)
  if (newest <= mark) return
  const lease = { name: 'watch funds', serverId: deps.self.serverId, forMs: leaseMs }
  if (!(await claimLease(db, lease, startedAtMs))) return
  let after = mark
  while (after < newest && clock.nowMs() - startedAtMs < workMsMax) {
    const through = Math.min(newest, after + transfersMax)
    await tellBalances(db, { after, through }, clock.nowMs())
    await tellBudgets(db, { after, through }, clock.nowMs())
    await tellApps(db, { after, through }, clock.nowMs())
    after = through
  }
  const settled = engineOf(db).hasOneWriter ? after : await readNewestSeq(db, startedAtMs - marginMs)
  await keepMark(db, Math.max(mark, Math.min(after, settled)))
}

/** The migration has set it. */
async function readMark(db: Database): Promise<number> {
  const row = await db.selectFrom('mail_marks').select('seq').where('name', '=', markName).executeTakeFirstOrThrow()
  return row.seq
}

async function keepMark(db: Database, seq: number): Promise<void> {
  await db.updateTable('mail_marks').set({ seq }).where('name', '=', markName).execute()
}
