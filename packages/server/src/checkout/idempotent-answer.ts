import { AppError } from '../kernel/app-error.ts'
import { minuteMs } from '../kernel/clock.ts'
import type { Database } from '../store/open-database.ts'
import { transact } from '../store/transact.ts'

export interface IdempotentRequest {
  /** Who asks, so that nobody meets another's answer. */
  readonly scope: string
  readonly key: string
  /** Keyed hash of what was asked. */
  readonly requestHash: string
}

/** A first request that has not answered for this long has died; the next one takes over. */
const claimLifetimeMs = minuteMs

/**
 * Does a piece of work once per `Idempotency-Key` and gives the same answer again. As at Stripe, the same key with
 * another request is refused, and so is one whose first request still runs.
 * @param work `repeat` is given what `keep` made of the first answer: no secret is ever kept.
 */
export async function answerOnce<Answer>(
  db: Database,
  request: IdempotentRequest,
  nowMs: number,
  work: {
    readonly begin: () => Promise<Answer>
    readonly repeat: (kept: string) => Promise<Answer>
    readonly keep: (answer: Answer) => string
  },
): Promise<Answer> {
  const claim = await transact(db, async (transaction) => {
    const known = await transaction
      .selectFrom('idempotent_answers')
      .selectAll()
      .where('scope', '=', request.scope)
      .where('idempotency_key', '=', request.key)
      .executeTakeFirst()
    if (known === undefined) {
      await transaction
        .insertInto('idempotent_answers')
        .values({
          scope: request.scope,
          idempotency_key: request.key,
          request_hash: request.requestHash,
          answer: null,
          created_at_ms: nowMs,
        })
        .execute()
      return { kind: 'first' } as const
    }
    if (known.request_hash !== request.requestHash) return { kind: 'different' } as const
    if (known.answer !== null) return { kind: 'answered', answer: known.answer } as const
    if (known.created_at_ms > nowMs - claimLifetimeMs) return { kind: 'running' } as const
    await transaction
      .updateTable('idempotent_answers')
      .set({ created_at_ms: nowMs })
      .where('scope', '=', request.scope)
      .where('idempotency_key', '=', request.key)
      .execute()
    return { kind: 'first' } as const
  })
  if (claim.kind === 'answered') return work.repeat(claim.answer)
  if (claim.kind === 'different') {
    throw new AppError(
      'conflict',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
      { param: 'Idempotency-Key' },
    )
  }
  if (claim.kind === 'running') {
    throw new AppError(
      'conflict',
      'A request with this Idempotency-Key is still being answered. Try again in a second.',
      { retryAfterSeconds: 1 },
    )
  }
  return beginAndKeep(db, request, work)
}

async function beginAndKeep<Answer>(
  db: Database,
  request: IdempotentRequest,
  work: { readonly begin: () => Promise<Answer>; readonly keep: (answer: Answer) => string },
): Promise<Answer> {
  try {
    const answer = await work.begin()
    await db
      .updateTable('idempotent_answers')
      .set({ answer: work.keep(answer) })
      .where('scope', '=', request.scope)
      .where('idempotency_key', '=', request.key)
      .execute()
    return answer
  } catch (error) {
    // Nothing was promised: the same key may try again.
    await db
      .deleteFrom('idempotent_answers')
      .where('scope', '=', request.scope)
      .where('idempotency_key', '=', request.key)
      .where('answer', 'is', null)
      .execute()
    throw error
  }
}

/** Answers are kept for a day, as long as clients may sensibly retry. */
export async function forgetOldAnswers(db: Database, beforeMs: number): Promise<void> {
  await db.deleteFrom('idempotent_answers').where('created_at_ms', '<', beforeMs).execute()
}
