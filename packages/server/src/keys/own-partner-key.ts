import { AppError } from '../kernel/app-error.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'

/** Which key of which partner is meant. */
export interface OwnPartnerKey {
  readonly keyId: string
  readonly partnerId: string
}

/**
 * Locks a partner's key until the transaction ends.
 * @throws AppError 404 for another partner's key, as for none.
 */
export async function lockOwnPartnerKey(
  transaction: DatabaseTransaction,
  { keyId, partnerId }: OwnPartnerKey,
): Promise<Row<'partner_keys'>> {
  // A write that changes nothing: two rolls at once come one after the other.
  const row = await transaction
    .updateTable('partner_keys')
    .set((of) => ({ name: of.ref('name') }))
    .where('id', '=', keyId)
    .where('partner_id', '=', partnerId)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `${partnerId} has no key ${keyId}.`)
  return row
}
