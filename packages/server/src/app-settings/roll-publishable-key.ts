import { type Act, recordAct } from '../audit-log/record-act.ts'
import { AppError } from '../kernel/app-error.ts'
import { secondMs } from '../kernel/clock.ts'
import { newSecret } from '../keys/key-format.ts'
import type { PartnerCaller } from '../partners/partner-caller.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'

/**
 * Gives the app a new publishable key in one world. The old one works on for its grace time; one that was rolled before ends
 * now.
 */
export async function rollPublishableKey(
  transaction: DatabaseTransaction,
  {
    caller,
    graceSeconds,
    by,
  }: {
    readonly caller: PartnerCaller
    readonly graceSeconds: number
    readonly by: Pick<Act, 'actor' | 'address' | 'requestId'>
  },
  nowMs: number,
): Promise<void> {
  const { partnerId, livemode } = caller
  const hasGrace = graceSeconds > 0
  const rolled = await transaction
    .updateTable('partners')
    .set((of) => ({
      publishable_key: newSecret('pk', livemode),
      previous_publishable_key: hasGrace ? of.ref('publishable_key') : null,
      previous_publishable_key_until_ms: hasGrace ? nowMs + graceSeconds * secondMs : null,
    }))
    .where('id', '=', partnerId)
    .returning('id')
    .executeTakeFirst()
  if (rolled === undefined) throw new AppError('not_found', 'There is no such app.')
  const target = { kind: 'partner', id: partnerId }
  const after = { grace_seconds: graceSeconds }
  const act = { action: 'partner.publishable_key_rolled', target, userId: null, partnerId, after }
  await recordAct(transaction, { ...by, ...act }, nowMs)
}
