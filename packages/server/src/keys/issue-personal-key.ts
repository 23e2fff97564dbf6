import { AppError } from '../kernel/app-error.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import { type ActingUser, recordOwnAct } from './acting-user.ts'
import { parseModels } from './authenticate-key.ts'
import { type IssuedKey, issueUserKey } from './issue-key.ts'
import { columnsOf, type NewKeyLimits } from './key-limits.ts'
import { lockUser } from './lock-user.ts'
import type { Pepper } from './pepper.ts'
import { findOwnKey, limitsForLog } from './personal-key.ts'
import { budgetFrom } from './read-key.ts'

export const personalKeysMax = 100

export interface PersonalKeyRequest {
  readonly limits: NewKeyLimits
  /** The account page's app: nobody has a share of what the key spends. */
  readonly partnerId: string
  readonly pepper: Pepper
  readonly by: ActingUser
}

/** Makes a key with limits of its own, for the user's own programs. @throws AppError 400 where there are too many. */
export async function issuePersonalKey(
  transaction: DatabaseTransaction,
  { limits, partnerId, pepper, by }: PersonalKeyRequest,
  nowMs: number,
): Promise<IssuedKey> {
  // Keys that are made at once are counted one after the other.
  await lockUser(transaction, by.userId)
  const { live } = await transaction
    .selectFrom('keys')
    .select(({ fn }) => fn.countAll<number>().as('live'))
    .where('user_id', '=', by.userId)
    .where('source', 'in', ['account', 'named'])
    .where('revoked_at_ms', 'is', null)
    .where((of) => of.or([of('expires_at_ms', 'is', null), of('expires_at_ms', '>', nowMs)]))
    .executeTakeFirstOrThrow()
  if (Number(live) >= personalKeysMax)
    throw new AppError('invalid_request', `There are ${personalKeysMax} keys already; revoke one first.`)
  const columns = columnsOf(limits, { budget_microcredits: null, budget_window: null })
  const issued = await issueUserKey(
    transaction,
    pepper,
    {
      ...{ userId: by.userId, partnerId, livemode: true, source: 'account', name: limits.name },
      budget: budgetFrom(columns.budget_microcredits ?? null, columns.budget_window ?? null),
      requestsPerMinute: limits.rpm ?? null,
      models: parseModels(columns.models ?? null),
      expiresAtMs: columns.expires_at_ms ?? null,
    },
    nowMs,
  )
  const row = await findOwnKey(transaction, { keyId: issued.keyId, userId: by.userId })
  const act = { action: 'key.created', target: { kind: 'key', id: issued.keyId }, after: limitsForLog(row) }
  await recordOwnAct(transaction, by, act, nowMs)
  return issued
}
