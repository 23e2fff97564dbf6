import { AppError } from '../kernel/app-error.ts'
import { creditsFromMicrocredits, microcredits } from '../kernel/microcredits.ts'
import type { DatabaseTransaction } from '../store/open-database.ts'
import type { Row } from '../store/schema.ts'
import { parseModels } from './authenticate-key.ts'

/** A key whose owner sets its limits: made on the account page, or named before there was one. */
export function isPersonal({ source }: Pick<Row<'keys'>, 'source'>): boolean {
  return source === 'account' || source === 'named'
}

/** @throws AppError 404 `not_found`, for somebody else's key as for none. */
export async function findOwnKey(
  transaction: DatabaseTransaction,
  key: { readonly keyId: string; readonly userId: string },
): Promise<Row<'keys'>> {
  const row = await transaction
    .selectFrom('keys')
    .selectAll()
    .where('id', '=', key.keyId)
    .where('user_id', '=', key.userId)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such key.')
  return row
}

/** A key of the user's own that works, for a change of its limits or its secret. @throws AppError 404, or 409 `conflict`. */
export async function findChangeableKey(
  transaction: DatabaseTransaction,
  key: { readonly keyId: string; readonly userId: string },
): Promise<Row<'keys'>> {
  const row = await findOwnKey(transaction, key)
  if (row.revoked_at_ms !== null) throw new AppError('conflict', 'This key is revoked. Make a new one.')
  if (isPersonal(row)) return row
  throw new AppError('conflict', 'This is the key of an app. Change what the app may spend, or end its access.')
}

/** What the audit log keeps of a key. Not its name: people write anything there, and the log is never changed. */
export function limitsForLog(row: Row<'keys'>): Readonly<Record<string, unknown>> {
  const { budget_microcredits: budget, budget_window: window, requests_per_minute: rpm } = row
  return {
    ...{ window, rpm, models: parseModels(row.models), expires_at_ms: row.expires_at_ms },
    budget: budget === null ? null : creditsFromMicrocredits(microcredits(budget)),
  }
}
