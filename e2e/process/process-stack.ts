import { inject } from 'vitest'
import { type Stack, startStack } from '../stack.ts'

/** A stack on the engine that this run of the tests is about: the same tests pass on both. */
export function startProcessStack(environment: Readonly<Record<string, string>> = {}): Promise<Stack> {
  return startStack({ environment, postgresUrl: inject('postgresUrl') })
}
