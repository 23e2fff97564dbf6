import type { Durability } from './group-commit.ts'
import { type Database, engineOf } from './open-database.ts'
import type { Session } from './statement.ts'
import { tryAgain } from './transact.ts'

/**
 * One short transaction of every call's way. Calls that are there at the same time share one: the step is given all of
 * their inputs, and asks the store once for all of them. It changes nothing but the store, since it may run more than
 * once: where one input fails, each is run alone, and has its own failure.
 *
 * Several groups run side by side, so a step locks rows before it relies on what it has read, and it locks those of
 * more than one owner in the order of their names. Everything else belongs in `transact`.
 */
export interface Step<Input, Result> {
  /** @returns a result for each of the inputs, in their order. */
  run(session: Session, inputs: readonly Input[]): Promise<readonly Result[]>
}

export function runStep<Input, Result>(
  db: Database,
  step: Step<Input, Result>,
  input: Input,
  durability: Durability = 'disk',
): Promise<Result> {
  return tryAgain(() => engineOf(db).runStep(step, input, durability))
}
