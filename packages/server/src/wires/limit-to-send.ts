import type { Model } from '../pricing/catalogue.ts'
import type { ParsedRequest } from './wire.ts'

/**
 * The limit that has to be written into a body, so that no answer is longer than what is held for it.
 * @param clampedTokens what the credits cover; null where they cover all.
 * @returns null where the body may go as it is.
 */
export function limitToSend(
  { maxTokens }: ParsedRequest,
  { maxTokens: most, ceilings }: Model,
  clampedTokens: number | null,
): number | null {
  if (clampedTokens !== null) return clampedTokens
  // Where the provider knows the limit as well, a body without one stays so: some count what is asked for as used.
  if (maxTokens === null) return ceilings.isAnswerLimited ? null : most
  return maxTokens > most ? most : null
}
