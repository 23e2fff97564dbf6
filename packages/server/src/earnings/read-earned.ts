import { dayMs } from '../kernel/clock.ts'
import { readBalances } from '../ledger/balance.ts'
import { partnerAccount } from '../ledger/chart-of-accounts.ts'
import { creditsOf } from '../lists/formats.ts'
import { readPeriod } from '../lists/period.ts'
import { readTimeZone } from '../lists/time-zone.ts'
import type { EarningsDeps } from './earnings-deps.ts'
import { readTotal } from './read-figures.ts'

/**
 * What an app has earned by now. `owed` is the ledger's balance; of it, the shares of the last days are pending. Whatever is
 * taken back or paid out changes the balance, and so what is payable.
 */
export async function readEarned(deps: EarningsDeps, partnerId: string, timeZone: string) {
  const { db, payoutDelayDays } = deps
  const nowMs = deps.clock.nowMs()
  // First the balance: a share that is earned meanwhile makes less payable for a moment, and never more.
  const owed = Number((await readBalances(db)).get(partnerAccount(partnerId)) ?? 0n)
  const today = readTimeZone(timeZone).dateAt(nowMs)
  const sinceFirstOf = async (from: string) =>
    (await readTotal(db, partnerId, readPeriod({ from, to: today, time_zone: timeZone }, nowMs))).share
  const pendingFromMs = nowMs - payoutDelayDays * dayMs
  const recent = await readTotal(db, partnerId, {
    ...{ startMs: pendingFromMs, endMs: nowMs + dayMs },
    // Of a day that lies in the delay in part, the old calls are pending as a whole.
    ...{ utcStartMs: pendingFromMs - (pendingFromMs % dayMs), utcEndMs: nowMs + dayMs },
  })
  return {
    today: creditsOf(await sinceFirstOf(today)),
    month: creditsOf(await sinceFirstOf(`${today.slice(0, 7)}-01`)),
    pending: creditsOf(recent.share),
    payable: creditsOf(owed - recent.share),
    owed: creditsOf(owed),
    payout_delay_days: payoutDelayDays,
  }
}
