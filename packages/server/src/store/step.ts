import type { Durability } from './group-commit.ts'
import type { Database } from './open-database.ts'
import { engineOf } from './open-database.ts'
import type { Session } from './statement.ts'
import { tryAgain } from './transact.ts'

export interface StepOptions {
  /** Steps of one kind lock the same rows in the same order; each kind has groups of its own where that matters. */
  readonly kind: 'admission' | 'resolution'
  /** Whose wallet it changes. */
  readonly userId: string
  readonly durability?: Durability
}

/**
 * One short transaction of every call's way. Steps that are there at the same time share a transaction, and on
 * PostgreSQL their statements are interleaved. So a step is made of `statement`s that each stand for themselves: a
 * guarded update decides by its own `where`, and nothing that was read is relied on by a later statement. It changes
 * nothing but the store, since it may run more than once. Work that has to read and then write belongs in `transact`.
 */
export function runStep<Result>(
  db: Database,
  { kind, userId, durability = 'disk' }: StepOptions,
  step: (session: Session) => Promise<Result>,
): Promise<Result> {
  return tryAgain(() => engineOf(db).runStep(step, { kind, userId, durability }))
}
