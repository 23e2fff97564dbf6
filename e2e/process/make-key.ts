import { database } from '../../packages/server/src/config-values.ts'
import { issueUserKey } from '../../packages/server/src/keys/issue-key.ts'
import { columnsOf, newKeySchema } from '../../packages/server/src/keys/key-limits.ts'
import { loadPepper } from '../../packages/server/src/keys/pepper.ts'
import { budgetFrom, readKeyRow } from '../../packages/server/src/keys/read-key.ts'
import { openDatabase } from '../../packages/server/src/store/open-database.ts'
import { transact } from '../../packages/server/src/store/transact.ts'
import type { Stack } from '../stack.ts'

/**
 * Makes a key with limits of its own for the user of a key and in its app, straight in the store: no key makes keys.
 * @param limits as `POST /v1/account/keys` takes them
 */
export async function makeKey(
  stack: Stack,
  ofKey: string,
  limits: Readonly<Record<string, unknown>>,
): Promise<{ readonly id: string; readonly key: string }> {
  const address = database.parse(stack.environment.DATABASE_URL)
  const pepper = loadPepper(stack.environment.KEY_PEPPER ?? null, address)
  const db = openDatabase(address, { isPatient: true })
  try {
    const owner = await readKeyRow(db, pepper.hash('secret', ofKey))
    if (owner === undefined || owner.user_id === null) throw new Error('no such key')
    const parsed = newKeySchema.parse(limits)
    const columns = columnsOf(parsed, { budget_microcredits: null, budget_window: null })
    const made = {
      ...({
        userId: owner.user_id,
        partnerId: owner.partner_id,
        livemode: owner.livemode === 1,
        source: 'named',
        name: parsed.name,
      } as const),
      budget: budgetFrom(columns.budget_microcredits ?? null, columns.budget_window ?? null),
      requestsPerMinute: parsed.rpm ?? null,
      models: parsed.models ?? null,
      expiresAtMs: columns.expires_at_ms ?? null,
    }
    const { keyId, secret } = await transact(db, (transaction) => issueUserKey(transaction, pepper, made, Date.now()))
    return { id: keyId, key: secret }
  } finally {
    await db.destroy()
  }
}
