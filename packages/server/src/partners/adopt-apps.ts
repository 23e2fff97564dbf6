import { recordAct } from '../audit-log/record-act.ts'
import { newId } from '../kernel/ids.ts'
import type { DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'

interface Account {
  readonly userId: string
  /** Verified, lower case. */
  readonly email: string
}

/**
 * Apps that the operator has made by command have no owner. The account with the app's own e-mail becomes it, once its address
 * is proven.
 */
export async function adoptApps(transaction: DatabaseTransaction, account: Account, nowMs: number): Promise<void> {
  for (const partnerId of await findOrphans(transaction, account.email)) {
    const { userId } = account
    const times = { created_at_ms: nowMs, updated_at_ms: nowMs }
    const { id } = await transaction
      .insertInto('partner_members')
      .values({ id: newId('mem'), partner_id: partnerId, user_id: userId, role: 'owner', ...times })
      .onConflict((conflict) =>
        conflict.columns(['partner_id', 'user_id']).doUpdateSet({ role: 'owner', updated_at_ms: nowMs }),
      )
      .returning('id')
      .executeTakeFirstOrThrow()
    const actor = { kind: 'user', id: userId } as const
    const target = { kind: 'member', id }
    const act = { actor, target, action: 'member.became_owner', userId, partnerId }
    await recordAct(transaction, act, nowMs)
  }
}

/** Apps of an address that nobody owns. */
export async function findOrphans(db: DatabaseReader, email: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('partners')
    .select('id')
    .where((app) => app.fn<string>('lower', ['partners.email']), '=', email)
    .where('kind', '=', 'app')
    .where('livemode', '=', 1)
    .where((app) =>
      app.not(
        app.exists(
          app
            .selectFrom('partner_members')
            .select('user_id')
            .whereRef('partner_id', '=', 'partners.id')
            .where('role', '=', 'owner'),
        ),
      ),
    )
    .execute()
  return rows.map(({ id }) => id)
}
