import { z } from 'zod'
import { AppError } from '../kernel/app-error.ts'
import type { Database, DatabaseReader, DatabaseTransaction } from '../store/open-database.ts'

export interface IdempotentRequest {
  /** Who asks, so that nobody meets another's answer. */
  readonly scope: string
  readonly key: string
  /** Keyed hash of what was asked. */
  readonly requestHash: string
}

const keyCharactersMax = 255
const keptSchema = z.object({ purchase_id: z.string() })

/**
 * The `Idempotency-Key` header; null without one.
 * @throws AppError `invalid_request` for more than 255 characters, which is Stripe's bound too
 */
export function readIdempotencyKey(header: string | undefined): string | null {
  const key = header?.trim() ?? ''
  if (key.length <= keyCharactersMax) return key === '' ? null : key
  throw new AppError('invalid_request', `Idempotency-Key: expected at most ${keyCharactersMax} characters.`, {
    param: 'Idempotency-Key',
  })
}

/**
 * Binds a key to a purchase, or tells the purchase that it is bound to already. Belongs in the transaction that writes
 * the purchase: whatever dies after it, the next request with the key goes on with the same one. Requests at the same
 * time wait here for each other. Nothing but the purchase's id is kept, so no secret is.
 * @throws AppError `conflict` when the key was used for another request
 */
export async function claimIdempotencyKey(
  transaction: DatabaseTransaction,
  request: IdempotentRequest,
  fresh: { readonly purchaseId: string; readonly nowMs: number },
): Promise<string> {
  const inserted = await transaction
    .insertInto('idempotent_answers')
    .values({
      scope: request.scope,
      idempotency_key: request.key,
      request_hash: request.requestHash,
      answer: JSON.stringify({ purchase_id: fresh.purchaseId }),
      created_at_ms: fresh.nowMs,
    })
    .onConflict((conflict) => conflict.columns(['scope', 'idempotency_key']).doNothing())
    .returning('scope')
    .executeTakeFirst()
  if (inserted !== undefined) return fresh.purchaseId
  const known = await transaction
    .selectFrom('idempotent_answers')
    .select(['request_hash', 'answer'])
    .where('scope', '=', request.scope)
    .where('idempotency_key', '=', request.key)
    .executeTakeFirstOrThrow()
  if (known.request_hash === request.requestHash) {
    return keptSchema.parse(JSON.parse(known.answer ?? 'null')).purchase_id
  }
  throw new AppError(
    'conflict',
    'This Idempotency-Key was used for another request. Use a new key for a new request.',
    { param: 'Idempotency-Key' },
  )
}

/** For a request that can never succeed: mended, it may come again under the same key, as at Stripe. */
export async function releaseIdempotencyKey(db: DatabaseReader, request: IdempotentRequest): Promise<void> {
  await db
    .deleteFrom('idempotent_answers')
    .where('scope', '=', request.scope)
    .where('idempotency_key', '=', request.key)
    .execute()
}

/** Keys are kept for a day, as long as clients may sensibly retry. */
export async function forgetOldAnswers(db: Database, beforeMs: number): Promise<void> {
  await db.deleteFrom('idempotent_answers').where('created_at_ms', '<', beforeMs).execute()
}
