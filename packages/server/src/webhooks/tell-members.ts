import { sql } from 'kysely'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { queueMail } from '../users/mail/outbox.ts'
import type { Endpoint } from './own-endpoint.ts'

/** Members who may mend an endpoint. */
export const rolesTold = ['owner', 'admin', 'developer'] as const

/** Has those members told that an endpoint was disabled; where the app has none yet, the address that it was made with. */
export async function queueDisabledMails(
  transaction: DatabaseTransaction,
  endpoint: Pick<Endpoint, 'id' | 'partner_id'>,
  nowMs: number,
): Promise<void> {
  const members = await transaction
    .selectFrom('partner_members')
    .innerJoin('partners', (join) =>
      // Members are the app's, which is the live row of both worlds.
      join.on(sql`coalesce(partners.live_partner_id, partners.id)`, '=', sql.ref('partner_members.partner_id')),
    )
    .select('partner_members.user_id')
    .where('partners.id', '=', endpoint.partner_id)
    .where('partner_members.role', 'in', rolesTold)
    .orderBy('partner_members.user_id')
    .execute()
  const told = members.length === 0 ? [null] : members.map((member) => member.user_id)
  for (const memberUserId of told)
    await queueMail(transaction, { kind: 'webhook_disabled', endpointId: endpoint.id, memberUserId }, nowMs)
}
