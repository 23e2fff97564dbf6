import type { Microcredits } from '../kernel/microcredits.ts'
import { type CallTerms, costOfCall } from '../partners/call-cost.ts'
import { noUsage, type Usage } from '../pricing/usage.ts'
import type { InputEstimate } from '../wires/estimate-input.ts'

/** The output that must be affordable at least, or the call is refused (contract §3, 402). */
const outputTokensMin = 1024

export interface HoldWish {
  readonly input: InputEstimate
  /** Tokens per answer: what the client asks for, or the model's ceiling. */
  readonly wantedTokens: number
  readonly answers: number
  readonly terms: CallTerms
}

export type HoldPlan =
  | { readonly isAffordable: true; readonly grantedTokens: number; readonly amountMicrocredits: Microcredits }
  | { readonly isAffordable: false; readonly neededMicrocredits: Microcredits }

/**
 * How much output the available credits cover: all that is wanted, or as much as there is, but never less than
 * min(wanted, 1024) tokens. The hold is what that costs at most, the prompt included.
 */
export function planHold(wish: HoldWish, availableMicrocredits: Microcredits): HoldPlan {
  const amountFor = (tokens: number) => costOfCall(usageOf(wish, tokens), wish.terms).totalMicrocredits
  const least = Math.min(wish.wantedTokens, outputTokensMin)
  const needed = amountFor(least)
  if (needed > availableMicrocredits) return { isAffordable: false, neededMicrocredits: needed }
  let low = least
  let high = wish.wantedTokens
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (amountFor(middle) <= availableMicrocredits) low = middle
    else high = middle - 1
  }
  return { isAffordable: true, grantedTokens: low, amountMicrocredits: amountFor(low) }
}

/** The dearest way in which the prompt may be billed: as written to the cache, where the request asks for that. */
function usageOf(wish: HoldWish, tokensPerAnswer: number): Usage {
  const { tokens, cacheWrite, webSearchesMax } = wish.input
  return {
    ...noUsage,
    ...(cacheWrite === 'none' ? { inputTokens: tokens } : {}),
    ...(cacheWrite === '5m' ? { cacheWrite5mTokens: tokens } : {}),
    ...(cacheWrite === '1h' ? { cacheWrite1hTokens: tokens } : {}),
    outputTokens: tokensPerAnswer * wish.answers,
    webSearches: webSearchesMax,
  }
}
