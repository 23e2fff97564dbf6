import type { Pepper } from './pepper.ts'

/** 160 bits: no two users share one, and it fits into every provider's field. */
const hexLength = 40

/**
 * What a provider is told of a user: always the same, so that it can act against one abuser instead of the operator's
 * account; not reversible, and another one at every operator.
 */
export function pseudonymOf(pepper: Pick<Pepper, 'hash'>, userId: string): string {
  return `ocu_${pepper.hash('end-user', userId).slice(0, hexLength)}`
}
