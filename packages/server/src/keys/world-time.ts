import { sql } from 'kysely'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, dayMs } from '../kernel/clock.ts'
import { worldNowMs } from '../kernel/world-clock.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'

/** A test clock is at most so far ahead, in all. */
export const clockAheadMsMax = 2 * 365 * dayMs

/** The time in the world of an app: see `worldNowMs`. The live world's clock is not looked for in the store. */
export async function readWorldNowMs(
  { db, clock }: { readonly db: DatabaseReader; readonly clock: Clock },
  { partnerId, livemode }: { readonly partnerId: string; readonly livemode: boolean },
): Promise<number> {
  if (livemode) return clock.nowMs()
  return worldNowMs(clock.nowMs(), { livemode, clockAheadMs: await readClockAheadMs(db, partnerId) })
}

/** The same for a row of an app's. @param nowMs by the clock */
export function readWorldNowAt(
  db: DatabaseReader,
  { partner_id: partnerId, livemode }: { readonly partner_id: string; readonly livemode: number },
  nowMs: number,
): Promise<number> {
  return readWorldNowMs({ db, clock: { nowMs: () => nowMs } }, { partnerId, livemode: livemode === 1 })
}

/** How far the test clock of an app is ahead. @param partnerId its row of the test world */
export async function readClockAheadMs(db: DatabaseReader, partnerId: string): Promise<number> {
  const row = await db
    .selectFrom('test_clocks')
    .select('ahead_ms')
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
  return row?.ahead_ms ?? 0
}

/**
 * Moves the time of an app's test world ahead. Advances at once add up. It holds at every server within two seconds.
 * @throws AppError `invalid_request` naming `seconds` where it would be more than two years ahead in all
 */
export async function advanceTestClock(
  transaction: DatabaseTransaction,
  { partnerId, byMs }: { readonly partnerId: string; readonly byMs: number },
  nowMs: number,
): Promise<number> {
  await transaction
    .insertInto('test_clocks')
    .values({ partner_id: partnerId, ahead_ms: 0, updated_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('partner_id').doNothing())
    .execute()
  const row = await transaction
    .updateTable('test_clocks')
    .set({ ahead_ms: sql`ahead_ms + ${byMs}`, updated_at_ms: nowMs })
    .where('partner_id', '=', partnerId)
    .where('ahead_ms', '<=', clockAheadMsMax - byMs)
    .returning('ahead_ms')
    .executeTakeFirst()
  if (row === undefined) throw tooFar(await readClockAheadMs(transaction, partnerId))
  // Servers keep keys with the time of their world for as long as no key has changed.
  await transaction.updateTable('change_counts').set({ changes: sql`changes + 1` }).where('name', '=', 'keys').execute()
  return row.ahead_ms
}

function tooFar(aheadMs: number): AppError {
  const left = Math.floor((clockAheadMsMax - aheadMs) / 1000)
  return new AppError(
    'invalid_request',
    `seconds: a test clock is at most two years ahead in all; ${left} seconds are left. Time cannot be turned back: to begin anew, register another app.`,
    { param: 'seconds' },
  )
}
