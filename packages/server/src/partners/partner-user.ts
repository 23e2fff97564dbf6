import type { Pepper } from '../keys/pepper.ts'

/** 128 bits: no two users of a partner share one. */
const hexLength = 32

/**
 * A user in a partner's eyes: always the same there, another one at every other partner, so that two partners cannot find
 * out by it that they have a user in common. Not reversible.
 */
export function partnerUserId(pepper: Pick<Pepper, 'hash'>, partnerId: string, userId: string): string {
  return `pu_${pepper.hash('partner-user', `${partnerId}\0${userId}`).slice(0, hexLength)}`
}
