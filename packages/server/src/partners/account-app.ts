import { newSecret } from '../keys/key-format.ts'
import type { Database } from '../store/open-database.ts'

/** The id of the account page among the apps. */
export const accountAppId = 'par_account'

/**
 * Makes the app that the account page is: what is bought there, and the personal keys that are made there, belong to it.
 * It has no share, no origin and no owner, and it is no partner of anybody. Doing it again does nothing.
 */
export async function ensureAccountApp(db: Database, nowMs: number): Promise<void> {
  await db
    .insertInto('partners')
    .values({
      id: accountAppId,
      name: 'OpenCredits',
      email: '',
      kind: 'account',
      publishable_key: newSecret('pk'),
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
