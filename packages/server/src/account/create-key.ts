import type { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'
import { microcredits } from '../kernel/microcredits.ts'
import { type ActingUser, recordOwnAct } from '../keys/acting-user.ts'
import { type IssuedKey, issueUserKey } from '../keys/issue-key.ts'
import { columnsOf, type newKeySchema } from '../keys/key-limits.ts'
import type { Pepper } from '../keys/pepper.ts'
import { accountAppId } from '../partners/account-app.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'

/** Keys that work, of one user. */
export const personalKeysMax = 100

/**
 * Makes a key that its owner uses without an app: in Claude Code, a script, an SDK. Its calls earn nobody a share.
 * @throws AppError 409 `conflict` when there are a hundred already.
 */
export async function createPersonalKey(
  transaction: DatabaseTransaction,
  key: { readonly limits: z.output<typeof newKeySchema>; readonly pepper: Pepper; readonly by: ActingUser },
  nowMs: number,
): Promise<IssuedKey> {
  const { limits, pepper, by } = key
  await refuseTooMany(transaction, by.userId, nowMs)
  const columns = columnsOf(limits, { budget_microcredits: null, budget_window: null })
  const amount = columns.budget_microcredits ?? null
  const issued = await issueUserKey(
    transaction,
    pepper,
    {
      ...{ userId: by.userId, partnerId: accountAppId, source: 'account', name: limits.name },
      budget:
        amount === null ? null : { amountMicrocredits: microcredits(amount), window: columns.budget_window ?? 'total' },
      requestsPerMinute: limits.rpm ?? null,
      models: limits.models ?? null,
      expiresAtMs: columns.expires_at_ms ?? null,
    },
    nowMs,
  )
  const act = { action: 'key.created', target: { kind: 'key', id: issued.keyId }, after: { ...limits } }
  await recordOwnAct(transaction, by, act, nowMs)
  return issued
}

/** A write that changes nothing locks the user, so that keys made at once are counted one after the other. */
async function refuseTooMany(transaction: DatabaseTransaction, userId: string, nowMs: number): Promise<void> {
  await transaction
    .updateTable('users')
    .set((of) => ({ created_at_ms: of.ref('created_at_ms') }))
    .where('id', '=', userId)
    .execute()
  const { live } = await transaction
    .selectFrom('keys')
    .select(({ fn }) => fn.countAll<number>().as('live'))
    .where('user_id', '=', userId)
    .where('source', 'in', ['account', 'named'])
    .where('revoked_at_ms', 'is', null)
    .where((of) => of.or([of('expires_at_ms', 'is', null), of('expires_at_ms', '>', nowMs)]))
    .executeTakeFirstOrThrow()
  if (Number(live) < personalKeysMax) return
  throw new AppError('conflict', `There are ${personalKeysMax} keys already. Revoke one that you no longer use.`)
}
