import { createHash } from 'node:crypto'
import { dayMs } from '../kernel/clock.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'

/** Pages that are open, and mails that are being written, may still show the logo before this one. */
const keptReplacedMs = 30 * dayMs
/** More of them are an upload in a loop, which must not fill the store. */
const keptReplacedMax = 20

/**
 * Keeps an app's logo under the hash of its bytes, marks the one before as replaced, and forgets those that were replaced long
 * ago.
 * @returns its path
 */
export async function keepLogo(
  transaction: DatabaseTransaction,
  { appId, bytes }: { readonly appId: string; readonly bytes: Buffer },
  nowMs: number,
): Promise<string> {
  // Two apps with the same picture have a row each: one may forget it and the other not.
  const hash = createHash('sha256').update(`${appId}:`).update(bytes).digest('hex')
  await releaseLogos(transaction, appId, nowMs)
  await transaction
    .insertInto('partner_logos')
    .values({ hash, partner_id: appId, bytes, created_at_ms: nowMs, replaced_at_ms: null })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet({ replaced_at_ms: null }))
    .execute()
  return `/logos/${hash}.webp`
}

/** The app has no uploaded logo any more: what it had is forgotten after a while. */
export async function releaseLogos(transaction: DatabaseTransaction, appId: string, nowMs: number): Promise<void> {
  await transaction
    .updateTable('partner_logos')
    .set({ replaced_at_ms: nowMs })
    .where('partner_id', '=', appId)
    .where('replaced_at_ms', 'is', null)
    .execute()
  await transaction
    .deleteFrom('partner_logos')
    .where('partner_id', '=', appId)
    .where((logo) =>
      logo.or([
        logo('replaced_at_ms', '<=', nowMs - keptReplacedMs),
        logo(
          'hash',
          'not in',
          logo
            .selectFrom('partner_logos as newest')
            .select('newest.hash')
            .where('newest.partner_id', '=', appId)
            .orderBy('newest.replaced_at_ms', 'desc')
            .orderBy('newest.hash')
            .limit(keptReplacedMax),
        ),
      ]),
    )
    .execute()
}
