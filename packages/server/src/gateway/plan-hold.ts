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
  /** Tokens per answer that are held at first; more are held as the answer grows. All of them where it does not stream. */
  readonly firstStepTokens: number
  readonly answers: number
  readonly terms: CallTerms
}

export interface AffordablePlan {
  readonly isAffordable: true
  /** What the credits cover now, per answer. */
  readonly grantedTokens: number
  /** What is held of it, per answer. */
  readonly heldTokens: number
  readonly amountMicrocredits: Microcredits
}

export type HoldPlan = AffordablePlan | { readonly isAffordable: false; readonly neededMicrocredits: Microcredits }

/**
 * How much output the available credits cover: all that is wanted, or as much as there is, but never less than
 * min(wanted, 1024) tokens. The hold is what the first step costs at most, the prompt included.
 */
export function planHold(wish: HoldWish, availableMicrocredits: Microcredits): HoldPlan {
  const least = Math.min(wish.wantedTokens, outputTokensMin)
  const needed = costOfHold(wish, least)
  if (needed > availableMicrocredits) return { isAffordable: false, neededMicrocredits: needed }
  const isAllCovered = costOfHold(wish, wish.wantedTokens) <= availableMicrocredits
  let low = isAllCovered ? wish.wantedTokens : least
  let high = wish.wantedTokens
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (costOfHold(wish, middle) <= availableMicrocredits) low = middle
    else high = middle - 1
  }
  const heldTokens = Math.min(low, wish.firstStepTokens)
  return { isAffordable: true, grantedTokens: low, heldTokens, amountMicrocredits: costOfHold(wish, heldTokens) }
}

/** What the prompt and so many tokens of each answer cost at most. */
export function costOfHold(wish: HoldWish, tokensPerAnswer: number): Microcredits {
  return costOfCall(usageOf(wish, tokensPerAnswer), wish.terms).totalMicrocredits
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
