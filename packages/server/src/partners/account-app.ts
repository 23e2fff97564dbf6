import { newSecret } from '../keys/key-format.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'

/** The id of the account page among the apps. */
export const accountAppId = 'par_account'

/**
 * Makes the app that the account page is: what is bought there, and the personal keys that are made there, belong to it.
 * It has no share and no owner, and it is no partner of anybody. Doing it again does nothing.
 */
export async function ensureAccountApp(db: Database, nowMs: number): Promise<void> {
  await db
    .insertInto('partners')
    .values({
      id: accountAppId,
      name: 'OpenCredits',
      email: '',
      kind: 'account',
      publishable_key: newSecret('pk', true),
      share_basis_points: 0,
      allowed_models: null,
      logo_url: null,
      accent_color: null,
      is_active: 1,
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/**
 * Lets the account page open the checkout, as an app's registered origin does. Where `PUBLIC_URL` has changed, the old
 * address loses that right.
 */
export async function openAccountAppAt(db: Database, publicUrl: string): Promise<void> {
  const { origin } = new URL(publicUrl)
  await transact(db, async (transaction) => {
    await transaction
      .deleteFrom('partner_origins')
      .where('partner_id', '=', accountAppId)
      .where('origin', '!=', origin)
      .execute()
    await transaction
      .insertInto('partner_origins')
      .values({ partner_id: accountAppId, origin })
      .onConflict((conflict) => conflict.columns(['partner_id', 'origin']).doNothing())
      .execute()
  })
}
